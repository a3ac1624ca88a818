# the specification, section 7.4: a short program
use constant PI => 3.14159; use constant { A => 1, B => 2 }; use constant L => (5, 6); print PI, " ", A + B, " ", (L)[1], " ", scalar(my @l = L), "\n";
