# the specification, section 7.4: a short program
"<<a>><<b>>" =~ /<<(.+?)>>/ and print $1; "<<a>><<b>>" =~ /<<(.+)>>/ and print " $1\n";
