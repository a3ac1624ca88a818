# Matrices as arrays of arrays, multiplied; other constants, one more step.
sub make {
    my ($n, $first, $second) = @_;
    my @rows;
    for my $i (0 .. $n - 1) {
        push @rows, [map { ($i * $first + $_ * $second) % 11 + 0.5 } 0 .. $n - 1];
    }
    return \@rows;
}

sub product {
    my ($p, $q, $n) = @_;
    my @rows;
    for my $i (0 .. $n - 1) {
        my $from = $p->[$i];
        my @row;
        for my $j (0 .. $n - 1) {
            my $sum = 0;
            for my $k (0 .. $n - 1) { $sum += $from->[$k] * $q->[$k][$j] - 0.25 }
            push @row, $sum;
        }
        push @rows, \@row;
    }
    return \@rows;
}

my $n = 130;
my $r = product(make($n, 3, 5), make($n, 9, 2), $n);
my ($trace, $all) = (0, 0);
for my $i (0 .. $n - 1) {
    $trace += $r->[$i][$i];
    $all += $_ for @{ $r->[$i] };
}
printf "%.2f %.2f\n", $trace, $all;
