# the specification, section 7.4: a short program
print pack("H4", "4142"), " ", unpack("H4", "AB"), " ", unpack("h4", "AB"), "\n";
