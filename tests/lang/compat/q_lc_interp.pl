# the specification, section 7.4: a short program
my $s = "MiXed"; print "\L$s\E \U$s\E \u\L$s\E \l$s\n";
