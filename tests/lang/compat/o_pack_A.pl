# the specification, section 7.4: a short program
print pack("A5", "ab"), "|", pack("a5", "ab") =~ tr/\0/0/r, "|", pack("A2", "abcdef"), "|", join("|", unpack("A3 A3", "ab cd ")), "\n";
