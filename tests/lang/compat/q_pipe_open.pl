# the specification, section 7.4: a short program
open my $p, '-|', 'echo piped' or die; print <$p>; close $p; print $?, "\n";
