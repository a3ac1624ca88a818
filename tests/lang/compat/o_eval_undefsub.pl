# the specification, section 7.4: a short program
eval { nosuch(1) }; print $@; eval { main->nometh }; print $@; eval { my $o = bless {}, "K"; $o->m }; print $@;
