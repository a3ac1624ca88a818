# the specification, section 7.4: a short program
print STDOUT "a"; print { *STDOUT } "b"; my $fh = \*STDOUT; print $fh "c"; print {$fh} "d\n"; printf STDOUT "%s\n", "e"; printf {$fh} "%d\n", 5;
