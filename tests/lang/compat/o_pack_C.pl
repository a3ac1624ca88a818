# the specification, section 7.4: a short program
print pack("C3", 72, 105, 33), " ", join(",", unpack("C*", "AZ")), " ", unpack("H*", pack("n", 258)), unpack("H*", pack("N", 1)), unpack("H*", pack("v", 258)), "\n";
