# the specification, section 7.4: local of elements and slices
use strict;
use warnings;
our %table = (a => 1, b => 2);
my @list = (1, 2, 3, 4);
sub show { print join(",", map { "$_=" . ($table{$_} // "undef") } sort keys %table), " ", join(",", map { $_ // "undef" } @list), "\n" }
{ local $table{a}; show(); }
show();
{ local @table{qw(a c)} = (7, 8); show(); }
show();
{ my @keys = qw(b d); local @table{@keys}; $table{d} = 5; show(); }
show();
{ local $list[1]; show(); }
{ local @list[0, 2] = ("x", "y"); show(); }
show();
{ my @at = (1 .. 2); local @list[@at]; show(); }
show();
{ local $table{a} = $table{a} + 10; show(); }
{ delete local $table{b}; show(); }
show();
