# the specification, section 7.4: tied scalars
use strict;
use warnings;
package Counted;
sub TIESCALAR { my ($class, $value) = @_; return bless { value => $value }, $class }
sub FETCH { my $self = shift; print "F "; return $self->{value} }
sub STORE { my ($self, $value) = @_; print "S($value) "; die "no sevens\n" if $value eq '7'; $self->{value} = $value }
sub UNTIE { print "U " }
sub DESTROY { print "D " }
package main;
my $x = 8;
my $object = tie $x, 'Counted', 3;
print ref $object, " ", ref tied $x, "\n";
print $x + 1, "\n";
$x = 5;
print "$x\n";
$x++;
print "$x\n";
$x .= "a";
print "$x\n";
my $copy = $x;
print "$copy\n";
print eval { $x = 7; 1 } ? "lived\n" : "died: $@";
sub read_it { my ($value) = @_; return "<$value>" }
print read_it($x), "\n";
my $ref = \$x;
$$ref = "by reference";
print "$$ref\n";
undef $object;
untie $x;
print "\n$x\n";
print defined tied $x ? "tied\n" : "free\n";
our $global;
tie $global, 'Counted', "g";
print "$global\n";
sub show { return $global }
print show(), "\n";
untie $global;
print "\n";
my @array = (1, 2);
tie $array[1], 'Counted', 9;
print "@array $array[1]\n";
my %hash = (k => 1);
tie $hash{k}, 'Counted', "v";
print "$hash{k} ", join("-", %hash), "\n";
untie $array[1];
untie $hash{k};
print "\n@array $hash{k}\n";
