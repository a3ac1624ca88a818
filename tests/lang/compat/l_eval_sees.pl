# A computed text sees what is in sight where it is evaluated, also what functions use, and so do the
# functions it makes.
use strict;
use warnings;

my $factor = 10;
my @list = (1, 2, 3);
my %price = (tea => 3);
sub run { my $text = shift; return eval $text }
sub factor { return $factor }

my $text = 'sub { $_[0] * $factor }';
my $times = eval $text;
print $times->(3), "\n";
$factor = 4;
print $times->(3), ' ', factor(), "\n";

$text = '$factor = 5; push @list, 4; $price{milk} = 1; "@list"';
print eval $text, "\n";
print factor(), ' ', scalar(@list), ' ', join(',', sort keys %price), "\n";
print run('$factor + @list'), "\n";

sub counter {
    my $count = shift;
    my $code = 'sub { return $count++ }';
    return eval $code;
}
my ($one, $two) = (counter(5), counter(50));
$one->() for 1 .. 3;
print $one->(), ' ', $two->(), "\n";
{
    my $inner = 'in a block';
    my $show = 'my $say = sub { return "$inner, @list[0, 1], $price{tea}" }; $say->()';
    print eval $show, "\n";
}
my %made = map { my $sign = $_; $sign => eval "sub { \$_[0] $sign \$_[1] + \$factor }" } '+', '*';
print join(' ', map { $made{$_}->(2, 3) } sort keys %made), "\n";
