# the specification, section 7.4: tied hashes
use strict;
use warnings;
package Upper;
sub TIEHASH { return bless {}, shift }
sub STORE { $_[0]{ uc $_[1] } = $_[2] }
sub FETCH { return $_[0]{ uc $_[1] } }
sub EXISTS { return exists $_[0]{ uc $_[1] } }
sub DELETE { return delete $_[0]{ uc $_[1] } }
sub CLEAR { %{ $_[0] } = () }
sub FIRSTKEY { my @k = sort keys %{ $_[0] }; return $k[0] }
sub NEXTKEY { my ($self, $last) = @_; my @k = sort keys %$self; for my $i (0 .. $#k) { return $k[$i + 1] if $k[$i] eq $last } return }
package main;
tie my %h, 'Upper';
$h{foo} = 1;
$h{Bar} = 2;
print "$h{FOO} $h{bar}\n";
print join(",", keys %h), "|", join(",", values %h), "\n";
while (my ($k, $v) = each %h) { print "$k=$v\n" }
print exists $h{fOO} ? "y" : "n", exists $h{zip} ? "y" : "n", "\n";
print delete $h{foo}, "\n";
$h{n}++;
$h{n} += 5;
$h{n} .= "x";
print $h{n}, "\n";
$h{l}{m} = 3;
print $h{l}{m}, "\n";
push @{ $h{list} }, 1, 2;
print "@{$h{list}}\n";
my %c = %h;
print join(",", sort keys %c), "\n";
print "@h{qw(bar n)}\n";
@h{qw(p q)} = (8, 9);
print $h{Q}, "\n";
for my $k (sort keys %h) { print $k }
print "\n";
for my $k (keys %h) { print "$k;" }
print "\n";
$h{e} ||= "empty";
$h{e} ||= "not";
print "$h{e}\n";
my $ref = \%h;
$ref->{deep} = "d";
print "$ref->{DEEP} ", tied(%$ref)->{DEEP}, "\n";
%h = (a => 1);
print join(",", %h), "\n";
print "true\n" if %h;
untie %h;
print scalar(keys %h), "\n";
package Failing;
sub TIEHASH { return bless [], shift }
sub STORE { die "read only\n" }
package main;
tie my %f, 'Failing';
print eval { $f{a} = 1; 1 } ? "lived\n" : $@;
print eval { my $x = $f{a}; 1 } ? "lived\n" : $@;
