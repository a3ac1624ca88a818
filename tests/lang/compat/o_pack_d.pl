# the specification, section 7.4: a short program
printf "%.3f %.2f\n", unpack("d", pack("d", 3.141)), unpack("f", pack("f", 2.5));
