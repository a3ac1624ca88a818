# the specification, section 7.4: a short program
my @t = map { sprintf "%-4s|%3d", @$_ } ["a", 1], ["bb", 22]; print "$_\n" for @t;
