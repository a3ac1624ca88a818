# `%Package::` is a hash of the names of a package.
use strict;
use warnings;

package Shape;
our $sides = 4;
our @colours = ('red', 'blue');
our %known = (square => 1);
sub area { return $_[1] ** 2 }
sub name { return 'shape' }

package Shape::Round;
sub radius { return 3 }

package main;

print join(',', grep { /^\w+$/ } sort keys %Shape::), "\n";
print join(',', grep { defined &{$Shape::{$_}} } grep { !/::$/ } sort keys %Shape::), "\n";
print exists $Shape::{area} ? 'has' : 'lacks', ' area, ', exists $Shape::{volume} ? 'has' : 'lacks', " volume\n";
print exists $Shape::{'Round::'} ? "there is a package below\n" : "nothing below\n";
print "glob: $Shape::{area}, a ", ref \$Shape::{area}, "\n";
print *{$Shape::{area}}{CODE}->('Shape', 5), "\n";
print ${*{$Shape::{sides}}{SCALAR}}, " @{*{$Shape::{colours}}} ${*{$Shape::{known}}}{square}\n";

# By a computed name.
sub methods_of {
    my $class = shift;
    no strict 'refs';
    return grep { defined &{"${class}::$_"} } sort keys %{"${class}::"};
}
print "$_: ", join(' ', methods_of($_)), "\n" for 'Shape', 'Shape::Round';
{
    no strict 'refs';
    *{"Shape::volume"} = sub { return 27 };
}
print join(' ', methods_of('Shape')), "\n";
my $table = \%Shape::Round::;
print join(' ', map { "$_=" . $table->{$_}->() } grep { defined &{$table->{$_}} } sort keys %$table), "\n";
print exists $main::{'Shape::'} ? "known to main\n" : "unknown\n";
my $count = 0;
while (my ($name, $glob) = each %Shape::Round::) {
    $count++ if $name eq 'radius';
}
print "$count\n";
