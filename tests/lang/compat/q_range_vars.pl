# the specification, section 7.4: a short program
my ($f, $t) = (2, 5); print join(",", $f .. $t), " ", join(",", reverse $f .. $t), " ", join(",", map { $_ * 2 } $f .. $t), " @{[ ('a' .. 'c') ]}\n";
