# the specification, section 7.4: a short program
print 1 <=> "1.0", " ", "1" eq "1.0" ? 1 : 0, " ", "a" == 0 ? 1 : 0, " ", undef == 0 ? 1 : 0, " ", "abc" x -1 eq "" ? 1 : 0, "\n";
