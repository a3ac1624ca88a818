# the specification, section 7.4: a short program
print "3" * "4", " ", "3" . "4", " ", "3" + "4", " ", "10" / "4", " ", "2" ** "3", " ", "7" % "4", " ", "5" - "8", "\n";
