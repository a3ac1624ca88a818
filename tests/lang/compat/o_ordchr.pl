# the specification, section 7.4: a short program
print ord("A"), chr(97), ord(""), join(",", map { ord } split //, "az"), "\n";
