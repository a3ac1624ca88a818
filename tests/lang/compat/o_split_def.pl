# the specification, section 7.4: a short program
$_ = "x y z"; my @f = split; print scalar(@f), $f[2], "\n";
