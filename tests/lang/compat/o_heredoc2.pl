# the specification, section 7.4: a short program
print lc(<<X) . "end\n";
ABC
DEF
X
