# the specification, section 7.4: a short program
my @l = <DATA>; print scalar(@l), " $l[-1]";
__END__
a
b
c
