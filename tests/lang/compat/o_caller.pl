# the specification, section 7.4: a short program
sub f { my @c = caller(0); my @d = caller; "$c[3] $d[0] $d[2]" } print f(), "\n";
