# the specification, section 2.5: phase blocks in order
print "1 main\n";
BEGIN { print "begin a\n" }
END { print "end a\n" }
INIT { print "init a\n" }
CHECK { print "check a\n" }
BEGIN { print "begin b\n" }
END { print "end b ", ${^GLOBAL_PHASE}, "\n" }
INIT { print "init b\n" }
CHECK { print "check b\n" }
UNITCHECK { print "unitcheck\n" }
print "2 main ${^GLOBAL_PHASE}\n";
