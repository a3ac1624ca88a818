# the specification, section 5.7: exit runs END
END { print "end\n"; $? = 0 }
print "go\n";
exit 3;
