# the specification, section 7.4: a short program
print lc("ABC dEf"), uc("abc D"), ucfirst(lc "HELLO"), lcfirst("WORLD"), "\n";
