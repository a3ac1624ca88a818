# Records sorted by two fields.
my @people;
my $seed = 42;
for my $i (1 .. 60000) {
    $seed = ($seed * 3877 + 29573) % 139968;
    push @people, { name => "n" . $seed % 997 . "-$i", score => $seed % 101 };
}
my @ranked = sort { $b->{score} <=> $a->{score} || $a->{name} cmp $b->{name} } @people;
my $sum    = 0;
for my $i (0 .. $#ranked) { $sum = ($sum + ($i + 1) * $ranked[$i]{score}) % 1000003 }
print "$ranked[0]{name} $ranked[1]{name} $ranked[-1]{name} $sum\n";
