# the specification, section 2.8: labels, next, last, redo, continue
use strict;
use warnings;
OUTER: for my $i (1 .. 5) {
    for my $j (1 .. 5) {
        next OUTER if $j == $i;
        last OUTER if $i * $j > 8;
        print $i * $j, " ";
    }
}
print "\n";
my $tries = 0;
for my $x (1 .. 3) {
    $tries++;
    redo if $tries == 2;
    print "$x/$tries ";
}
print "\n";
my $n = 10;
while ($n > 0) { next if $n % 3; print "$n " } continue { $n-- }
print "\n";
ROW: while (1) {
    my $k = 0;
    until ($k > 5) { $k++; last ROW if $k == 4; print $k }
}
print "\n";
{
    my $t = 0;
    { $t++; redo if $t < 3; }
    print "$t\n";
}
my @q = (1 .. 5);
while (my $x = shift @q) { push @q, 10 if $x == 2; print "$x " }
print "\n";
do { print "once\n" } while (0);
my $i = 0;
{ last if $i++ > 2; redo }
print "$i\n";
print "$_ " for grep { $_ & 1 } map { $_ * 3 } 1 .. 5;
print "\n";
for (my $j = 10; $j > 0; $j -= 3) { print "$j " }
print "\n";
