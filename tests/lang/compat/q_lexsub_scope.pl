# the specification, section 7.4: a short program
my $f; { my $priv = 10; $f = sub { $priv++ } } print $f->(), $f->(), "\n"; my @c = map { my $n = $_; sub { $n += $_[0] // 1 } } 1, 10; $c[0]->(5); print $c[0]->(), $c[1]->(), "\n";
