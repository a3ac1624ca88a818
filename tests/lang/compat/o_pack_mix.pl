# the specification, section 7.4: a short program
my $b = pack("A3 n C", "abc", 513, 7); print length $b, " ", join(",", unpack("A3 n C", $b)), " ", unpack("%32C*", "abc"), "\n";
