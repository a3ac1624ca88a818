# Records sorted by two fields; other constants, one more step.
my @people;
my $seed = 7;
for my $i (1 .. 50000) {
    $seed = ($seed * 3877 + 29573) % 139968;
    push @people, { name => "n" . $seed % 997 . "-$i", score => $seed % 211 };
}
my @ranked = sort { $b->{score} <=> $a->{score} || length($a->{name}) <=> length($b->{name}) || $a->{name} cmp $b->{name} } @people;
my $sum    = 0;
for my $i (0 .. $#ranked) { $sum = ($sum + ($i + 1) * $ranked[$i]{score}) % 1000003 }
print "$ranked[0]{name} $ranked[1]{name} $ranked[-1]{name} $sum\n";
