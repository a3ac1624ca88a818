# methods and parents that change while a loop calls them
use strict;
use warnings;
package Animal;
sub new { my ($class, $name) = @_; return bless { name => $name }, $class }
sub speak { my ($self) = @_; return "..." }
sub name { return $_[0]{name} }
sub both { my ($self, $x, $y) = @_; return ($x, $y) }
sub leave;
package Dog;
our @ISA = ("Animal");
package Cat;
our @ISA;
sub speak { return "miaow" }
package main;

my $dog = Dog->new("Rex");
my @heard;
for my $i (0 .. 6) {
    push @heard, $dog->speak;
    no warnings 'redefine';
    if ($i == 0) { no strict 'refs'; *{"Animal::speak"} = sub { return "woof" } }
    if ($i == 1) { @Dog::ISA = ("Cat", "Animal") }
    if ($i == 2) { eval 'sub Dog::speak { return "wow" }' }
    if ($i == 3) { no strict 'refs'; *{"Dog::speak"} = sub { my ($self) = @_; return $self->name } }
    if ($i == 4) { bless $dog, "Cat" }
    if ($i == 5) { push @Cat::ISA, "Animal" }
}
print "@heard\n";
print $dog->name, "\n";
print join("-", $dog->both(1, 2)), "\n";
my @all = (0, $dog->both(1, 2), 3);
print scalar(@all), "\n";
my $last = $dog->both(1, 2);
print "$last\n";
my $sum = 0;
for my $method ("name", "speak") { $sum += length($dog->$method) }
print "$sum\n";
my $gone = eval { for (1 .. 3) { $dog->missing(1) } 1 };
print defined($gone) ? "there\n" : $@ =~ /^(Can't locate object method "missing" via package "Cat")/ ? "$1\n" : $@;

# an invocant that the method makes go
my $holder = { pet => Animal->new("Tom") };
{
    no warnings 'redefine';
    *Animal::leave = sub { my ($self) = @_; undef $holder->{pet}; return $self->{name} };
}
print $holder->{pet}->leave, "\n";

# sums that are floats, integers, and more than integers
sub total {
    my ($list) = @_;
    my $sum = 0;
    for my $i (0 .. $#$list) { $sum += $list->[$i] }
    return $sum;
}
print join(" ", total([0.5, 1.5]), total([1, 2]), total([0.5, 1.5, 2]), total([9223372036854775807, 1]),
    total([18446744073709551615, 0])), "\n";
