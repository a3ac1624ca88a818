# the specification, section 7.4: warnings of undefined values, with the names of variables
use strict;
use warnings;
local $SIG{__WARN__} = sub { print "W: $_[0]" };
my ($x, $y, @list, %table);
our $global;
my $sum = $x + 1;
$sum = $x + $y;
my $text = "a$x b$y";
$text = $x . "z";
$text = $table{name} . "z";
$sum = $list[3] * 2;
$sum = $global - 1;
print "less\n" if $x < 1;
print "equal\n" if $x eq "";
$sum = -$x;
$text = join ",", 1, $x, 2;
$text = sprintf "%s-%s", $x, "b";
print "p", $y, "\n";
printf "%s\n", $y;
$text = uc $x;
$text = substr $x, 0, 1;
print "matches\n" if $x =~ /^$/;
(my $copy = $x) =~ s/a/b/;
my @parts = split /,/, $x;
$sum = $table{$x};
# What counts as nothing where it is added to.
my ($count, $string, %seen);
$count += 2;
$count++;
$string .= "s";
$seen{a}++;
$seen{b} .= "t";
my ($product, $power);
$product *= 2;
$power **= 2;
# A text that nothing was found in stays what it is.
my $none;
my $found = $none =~ tr/a/b/;
print defined $none ? "defined" : "undefined", " $found\n";
{
    no warnings 'uninitialized';
    $text = "quiet $x";
    $sum = $x + 1;
    { use warnings; $text = "loud $x"; }
    sub inside { return "in $_[0]" }
}
inside(undef);
{
    no warnings;
    sub outside { no warnings; return "out $_[0]" }
}
outside(undef);
$text = "$x";
