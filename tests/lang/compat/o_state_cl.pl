# the specification, section 7.4: a short program
use feature "state"; my @s = map { sub { state $n = 0; ++$n } } 1 .. 2; $s[0]->(); print $s[0]->(), $s[1]->(), "\n";
