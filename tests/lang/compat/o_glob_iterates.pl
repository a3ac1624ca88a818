# Where one name is wanted, each place goes through the names of its pattern.
while (my $name = glob("x{1,2,3}")) { print "$name " }
print "\n";
sub next_name { scalar glob("{a,b}") }
print join(",", map { defined $_ ? $_ : 'end' } next_name(), next_name(), next_name(), next_name()), "\n";
for my $round (1, 2) { my $first = glob("p{$round,9}"); print "$first\n" }
my @all = glob("{c,d}"); print "@all\n";
