# the specification, section 7.4: a short program
eval { die { code => 404, msg => "nf" } }; if (ref $@ eq "HASH") { print "$@->{code} $@->{msg}\n" } eval { die bless([1], "Err") }; print ref $@, " ", $@->isa("Err") ? 1 : 0, "\n"; print eval { die "x\n"; 1 } ? "t" : "f", "\n";
