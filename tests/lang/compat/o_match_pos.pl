# the specification, section 7.4: a short program
"abcdef" =~ /b(c)(d)/; print "@- @+ $+\n";
