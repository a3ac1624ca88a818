# the specification, section 7.4: a short program
use utf8; my $s = "é"; print length($s), " ", ord($s), "\n";
