# the specification, section 7.4: a short program
print "ab12" =~ / ^ [a-z]+ # letters
\d+ $ /x ? "ok\n" : "no\n";
