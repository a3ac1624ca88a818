# the specification, section 7.4: prototype fn
sub two($$) { "@_" } sub blk(&@) { my $f = shift; join ",", map { $f->($_) } @_ } sub none() { 42 } sub under(_) { "<$_[0]>" }
print prototype('two'), prototype(\&blk), "[", prototype('none'), "]", prototype(sub {}) // 'undef', "\n"; $_ = "topic"; print under, under("x"), "\n"; print none + 1, "\n"; print blk(sub { $_[0] * 2 }, 1, 2), "\n";
