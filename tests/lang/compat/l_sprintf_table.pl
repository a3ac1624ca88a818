# the specification, section 7.4: aligned output
my @rows = (['id', 'name', 'amt'], [1, 'ann', 10.5], [22, 'roberta', 1000], [333, 'x', -0.25]);
my @w = (0) x 3;
for my $r (@rows) { for my $i (0 .. $#$r) { my $l = length $r->[$i]; $w[$i] = $l if $l > $w[$i] } }
for my $r (@rows) { print join(' | ', map { sprintf "%*s", $w[$_], $r->[$_] } 0 .. $#$r), "\n" }
print join('-+-', map { '-' x $_ } @w), "\n";
my $fmt = join(' ', map { "%-${_}s" } @w) . "|\n";
printf $fmt, @$_ for @rows;
