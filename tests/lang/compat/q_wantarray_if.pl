# the specification, section 7.4: a short program
sub f { return unless defined wantarray; wantarray ? "l" : "s" } f(); my @a = f(); my $s = f(); print "@a$s\n";
