# `%` where an operand is larger than any integer.
for my $pair ([1.5, 1e20], [-1.5, 1e20], [1.5, -1e20], [1e20, 3.7], [1e20, -3.7], [-1e20, 7], [1e20, 0.4],
    [1.5, '1e1000'], [-1.5, '1e1000'], [1e300, 7], [18446744073709551615, 10], [18446744073709551616, 10]) {
    my $rest = eval { $pair->[0] % $pair->[1] };
    print "$pair->[0] % $pair->[1] = ", defined $rest ? $rest : "died", "\n";
}
