# the specification, section 7.4: version check
our $VERSION = '1.5'; package V3; our $VERSION = 'v1.2.3'; package None; sub x { 1 } package main;
print main->VERSION, "\n"; eval { main->VERSION(2) }; print $@; print main->VERSION('1.05') ? "ok\n" : ""; eval { None->VERSION(1) }; print $@;
