# the specification, section 4.2: splice in every form
use strict;
use warnings;
my @a = (0 .. 9);
sub show { print join(",", @_), "|@a\n" }
show(splice(@a, 8));
show(splice(@a, -2));
show(splice(@a, 1, 2));
show(splice(@a, 1, 0, 'a', 'b'));
show(splice(@a, 0, 1, 'X', 'Y', 'Z'));
show(splice(@a, -3, 2));
show(splice(@a, 1, -2));
show(splice(@a));
my @b = (1, 2, 3);
my $last = splice @b, 0, 2;
print "$last @b\n";
