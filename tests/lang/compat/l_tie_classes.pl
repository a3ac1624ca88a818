# the specification, section 7.4: Tie::Scalar, Tie::Array, Tie::Hash
use strict;
use warnings;
use Tie::Scalar;
use Tie::Array;
use Tie::Hash;
package Doubled;
our @ISA = ('Tie::StdScalar');
sub STORE { my ($self, $value) = @_; $$self = $value * 2 }
package Lower;
our @ISA = ('Tie::StdHash');
sub STORE { $_[0]{ $_[1] } = lc $_[2] }
package Loud;
our @ISA = ('Tie::StdArray');
sub FETCH { my ($self, $at) = @_; return $self->[$at] . "!" }
package Few;
our @ISA = ('Tie::Array');
sub TIEARRAY { return bless { n => 0, v => {} }, shift }
sub FETCH { return $_[0]{v}{ $_[1] } }
sub STORE { my ($self, $at, $value) = @_; $self->{v}{$at} = $value; $self->{n} = $at + 1 if $at >= $self->{n} }
sub FETCHSIZE { return $_[0]{n} }
sub STORESIZE { $_[0]{n} = $_[1] }
package Extra;
our @ISA = ('Tie::ExtraHash');
package main;
tie my $s, 'Doubled';
$s = 4;
print "$s\n";
tie my %h, 'Lower';
$h{A} = "XYZ";
print "$h{A} ", ref tied(%h), "\n";
tie my @a, 'Loud';
push @a, 1, 2;
print "@a\n";
my @x = splice @a, 0, 1;
print "@x | @a\n";
tie my @few, 'Few';
push @few, 1 .. 5;
print pop @few, shift @few, "@few\n";
splice @few, 1, 1, "x", "y";
unshift @few, "first";
print "@few $#few\n";
tie my %e, 'Extra', 'more';
$e{q} = 1;
print join(",", %e), tied(%e)->[1], "\n";
print eval { tie my $z, 'Nope'; 1 } ? "tied\n" : $@;
print eval { tie my %z, 'Nope'; 1 } ? "tied\n" : $@;
