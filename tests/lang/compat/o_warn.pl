# the specification, section 7.4: a short program
local $SIG{__WARN__} = sub { print "W:$_[0]" }; warn "careful\n"; warn "line"; my @e = (); warn "x", "y", "\n";
