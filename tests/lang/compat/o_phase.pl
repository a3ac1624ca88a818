# the specification, section 7.4: a short program
print "main "; END { print "end1 " } END { print "end2 " } BEGIN { print "begin " } INIT { print "init " } CHECK { print "check " } UNITCHECK { print "unit " } print "last ";
