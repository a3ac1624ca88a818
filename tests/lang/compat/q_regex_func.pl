# the specification, section 7.4: a short program
my $n = () = "the cat sat on the mat" =~ /\b\w*at\b/g; my ($last) = "a.b.c" =~ /([^.]+)$/; my $c = "hello" =~ tr/l//; print "$n $last $c\n"; print join("|", "2+3*4" =~ /(\d|[-+*\/])/g), "\n";
