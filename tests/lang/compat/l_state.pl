# the specification, section 7.4: state variables
use strict;
use warnings;
use feature qw(state say);
sub next_id { state $id = 100; return $id++ }
say next_id() for 1 .. 3;
sub seen { state %s; return $s{ $_[0] }++ ? "again" : "new" }
say join ",", map { seen($_) } qw(a b a);
for my $k (1 .. 2) { my $f = sub { state $n = $k * 10; $n++ }; $f->(); say $f->() }
sub hist { state @h; push @h, @_; scalar @h }
hist(1, 2);
say hist(3);
