# the specification, section 2.6: accessors made in a loop
use strict;
use warnings;
package Point;
for my $f (qw(x y)) {
    no strict 'refs';
    *{"Point::$f"} = sub { my $s = shift; $s->{$f} = shift if @_; $s->{$f} };
}
sub new { my ($c, $x, $y) = @_; bless { x => $x, y => $y }, $c }
package main;
my $p = Point->new(3, 4);
$p->x(10);
print $p->x + $p->y, "\n";
