# the specification, section 7.4: a short program
$ENV{S_Q} = "v"; print `printf %s "\$S_Q"`, " ", exists $ENV{S_NOPE} ? 1 : 0, "\n";
