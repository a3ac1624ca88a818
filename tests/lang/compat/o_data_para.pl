# the specification, section 7.4: a short program
$/ = ""; my @p = <DATA>; print scalar(@p), "\n";
__DATA__
a
b

c
