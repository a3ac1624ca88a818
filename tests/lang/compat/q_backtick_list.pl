# the specification, section 7.4: a short program
my @l = `printf 'a\nb\n'`; print scalar(@l), " $l[1]";
