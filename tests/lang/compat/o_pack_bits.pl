# the specification, section 7.4: a short program
print unpack("B8", "A"), " ", unpack("b8", "A"), " ", pack("B8", "01000010"), " ", unpack("B32", pack("N", 5)), " ", oct("0b" . unpack("B8", "c")), "\n";
