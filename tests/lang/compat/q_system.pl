# the specification, section 7.4: a short program
my $r = system("sh", "-c", "exit 3"); print $r >> 8, " ", $? >> 8, " "; my $o = `echo hi`; print $o; print $?, "\n";
