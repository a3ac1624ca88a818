# the specification, section 7.4: a short program
my $s = "abcEND"; { local $/ = "END"; chomp $s; } print "$s\n";
