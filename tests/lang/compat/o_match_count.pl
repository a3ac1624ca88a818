# the specification, section 7.4: a short program
my $n = () = "a.b.c" =~ /\./g; print "$n\n";
