# the specification, section 7.4: a short program
local $SIG{__DIE__} = sub { print "D:$_[0]" }; eval { die "bye\n" }; print "after $@";
