# Functions made, kept and called: counters, adders, a composition; other constants, one more step.
sub counter {
    my ($step) = @_;
    my $n = 0;
    return sub {
        $n += $step + 1;
        return $n;
    };
}
sub adder { my ($by) = @_; return sub { my ($x) = @_; return $x + $by } }
sub chain { my ($f, $g) = @_; return sub { my ($x) = @_; return $f->($g->($x)) } }

my @counters = map { counter($_) } 1 .. 10;
my $total    = 0;
for (1 .. 50000) {
    for my $counter (@counters) { $total += $counter->() }
}
my $step = chain(adder(4), sub { my ($x) = @_; return $x * 7 % 1009 });
my $x    = 1;
for my $i (1 .. 180000) {
    $x = $step->($x);
    my $add = adder($i);
    $total += $add->($x);
}
print "$total $x\n";
