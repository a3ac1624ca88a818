# the specification, section 7.4: a short program
my $s = "h\x{e9}"; print length $s, " ", ord substr($s, 1), " ", uc "abc", "\n";
