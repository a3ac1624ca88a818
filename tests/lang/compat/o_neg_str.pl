# the specification, section 7.4: a short program
print -"foo", " ", - -1, " ", -"-bar", "\n";
