# the specification, section 7.4: a short program
my @p = getpwuid(0); print "$p[0] $p[2]\n"; my ($n) = getpwnam("root"); print "$n\n"; print scalar(getgrgid(0)), "\n";
