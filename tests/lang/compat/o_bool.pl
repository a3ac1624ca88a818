# the specification, section 7.4: a short program
print "[", 1 == 1, "][", 1 == 2, "][", !1, "][", !0, "][", defined(undef) + 0, "]\n";
