# the specification, section 7.4: tied arrays
use strict;
use warnings;
package Marked;
sub TIEARRAY { my $class = shift; return bless { d => [@_] }, $class }
sub FETCH { return $_[0]{d}[ $_[1] ] }
sub STORE { $_[0]{d}[ $_[1] ] = "<$_[2]>" }
sub FETCHSIZE { return scalar @{ $_[0]{d} } }
sub STORESIZE { $#{ $_[0]{d} } = $_[1] - 1 }
sub PUSH { my $self = shift; push @{ $self->{d} }, @_ }
sub POP { return pop @{ $_[0]{d} } }
sub SHIFT { return shift @{ $_[0]{d} } }
sub UNSHIFT { my $self = shift; unshift @{ $self->{d} }, @_ }
sub CLEAR { $_[0]{d} = [] }
sub EXTEND { }
sub DELETE { return delete $_[0]{d}[ $_[1] ] }
sub EXISTS { return exists $_[0]{d}[ $_[1] ] }
sub SPLICE { my $self = shift; my $from = shift; my $count = shift; return splice @{ $self->{d} }, $from, $count, @_ }
package main;
tie my @a, 'Marked', 1, 2, 3;
print "@a $#a ", scalar(@a), "\n";
$a[1] = 9;
print "$a[1] $a[-1]\n";
push @a, 4, 5;
print pop @a, shift @a, "\n";
unshift @a, 0;
print join("|", @a), "\n";
for (@a) { print "[$_]" }
print "\n";
$_ .= "x" for @a;
print "@a\n";
my @gone = splice(@a, 1, 2, "s");
print "@gone / @a\n";
$#a = 0;
print "@a\n";
@a = (5, 6, 7);
print "@a\n";
print join(",", map { $_ } reverse @a), "\n";
print "@a[0,1]\n";
print exists $a[7] ? 1 : 0, exists $a[0] ? 1 : 0, "\n";
my ($first, @rest) = @a;
print "$first @rest\n";
print "last $a[$#a]\n";
print join(",", sort @a), " ", join(",", grep { /6/ } @a), "\n";
my $ref = \@a;
print scalar(@$ref), " $ref->[2] ${$ref}[0]\n";
while (my ($i, $v) = each @a) { print "$i=$v;" }
print "\n";
@a = ();
print scalar(@a), "\n";
untie @a;
