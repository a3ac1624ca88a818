# the specification, section 7.4: a short program
print join("|", split /\s*,\s*/, "a , b,c ,d"), "\n";
