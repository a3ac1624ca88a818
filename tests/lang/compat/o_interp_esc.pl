# the specification, section 7.4: a short program
print "tab\tq\"d\$x\@y\\ \x41\x{263a}" =~ s/[^\x00-\x7f]/U/gr, " \101 \e[0m" =~ s/\e/E/r, "\n";
