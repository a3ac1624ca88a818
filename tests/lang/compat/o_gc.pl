# the specification, section 7.4: a short program
my $s = "12ab"; $s =~ /\G(\d+)/gc; print $1; $s =~ /\G(x)/gc or print "-", pos $s; $s =~ /\G([a-z]+)/gc; print $1, "\n";
