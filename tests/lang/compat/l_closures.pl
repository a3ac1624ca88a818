# the specification, section 2.4: closures share by reference
use strict;
use warnings;
my $n = 0;
my $inc = sub { $n++ };
$inc->() for 1 .. 3;
print "$n\n";
my @subs;
for my $i (1 .. 3) { push @subs, sub { $i += shift // 0; $i } }
$subs[0]->(10);
print join(",", map { $_->() } @subs), "\n";
sub make { my $c = shift; (sub { $c++ }, sub { $c }) }
my ($up, $get) = make(5);
$up->(); $up->();
my ($up2, $get2) = make(50);
$up2->();
print $get->(), " ", $get2->(), "\n";
my $compose = sub { my @f = reverse @_; sub { my @a = @_; @a = $_->(@a) for @f; wantarray ? @a : $a[0] } };
print $compose->(sub { $_[0] + 1 }, sub { $_[0] * 2 })->(5), "\n";
my $curry = sub { my $f = shift; my @p = @_; sub { $f->(@p, @_) } };
print $curry->(sub { join '-', @_ }, 1, 2)->(3), "\n";
my $fact; $fact = sub { my $x = shift; $x < 2 ? 1 : $x * $fact->($x - 1) };
print $fact->(8), "\n";
