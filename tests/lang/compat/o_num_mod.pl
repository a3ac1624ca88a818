# the specification, section 7.4: a short program
print 7 % 3, " ", -7 % 3, " ", 7 % -3, " ", -7 % -3, " ", 7.9 % 3, "\n";
