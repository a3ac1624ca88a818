# the specification, section 7.4: far jumps
no warnings;
sub leave { last OUTER }
sub onward { next OUTER if $_[0] % 2 }
OUTER: for my $i (1 .. 9) { onward($i); leave() if $i > 6; print $i }
print "\n";
sub skip { print "skip $_[0]\n"; last SKIP }
SKIP: { skip("why"); print "never\n" }
my $tries = 0;
sub again { redo TRY if ++$tries < 3 }
TRY: while (1) { print "t$tries "; again(); last }
print "\n";
OUTER: for my $x (1 .. 3) { for my $y (1 .. 3) { my @l = map { leave() if $x * $y > 3; $_ } 1; print $x * $y } }
print "\n";
