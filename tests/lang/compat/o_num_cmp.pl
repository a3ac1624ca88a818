# the specification, section 7.4: a short program
print 1 <=> 2, " ", 2 <=> 1, " ", 1 <=> 1, " ", "a" cmp "b", " ", "10" <=> "9", " ", "10" cmp "9", "\n";
