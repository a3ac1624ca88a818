# the specification, section 7.4: a short program
print int(3.7), int(-3.7), " ", int("42abc" =~ /(\d+)/ ? $1 : 0), " ", int(1e20), "\n";
