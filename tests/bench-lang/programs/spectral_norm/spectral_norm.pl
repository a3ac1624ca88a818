# The largest singular value of an infinite matrix, approximated.
sub cell {
    my ($i, $j) = @_;
    return 1 / (($i + $j) * ($i + $j + 1) / 2 + $i + 1);
}

sub times_matrix {
    my ($v) = @_;
    my $n = @$v;
    my @result;
    for my $i (0 .. $n - 1) {
        my $sum = 0;
        $sum += cell($i, $_) * $v->[$_] for 0 .. $n - 1;
        push @result, $sum;
    }
    return \@result;
}

sub times_transposed {
    my ($v) = @_;
    my $n = @$v;
    my @result;
    for my $i (0 .. $n - 1) {
        my $sum = 0;
        $sum += cell($_, $i) * $v->[$_] for 0 .. $n - 1;
        push @result, $sum;
    }
    return \@result;
}

sub times_both { return times_transposed(times_matrix($_[0])) }

my $u = [(1) x 150];
my $v;
for (1 .. 10) {
    $v = times_both($u);
    $u = times_both($v);
}
my ($uv, $vv) = (0, 0);
for my $i (0 .. $#$u) {
    $uv += $u->[$i] * $v->[$i];
    $vv += $v->[$i] * $v->[$i];
}
printf "%.9f\n", sqrt($uv / $vv);
