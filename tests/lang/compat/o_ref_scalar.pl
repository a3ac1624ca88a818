# the specification, section 7.4: a short program
my $v = 5; my $r = \$v; $$r++; print "$v ", ref $r, "\n";
