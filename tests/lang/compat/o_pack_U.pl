# the specification, section 7.4: a short program
print length(pack("U", 300)), " ", join(",", unpack("U*", "\x{12c}A")), "\n";
