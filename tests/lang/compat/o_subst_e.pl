# the specification, section 7.4: a short program
my $s = "1 2 3"; $s =~ s/(\d)/$1 * 2/ge; print "$s\n";
