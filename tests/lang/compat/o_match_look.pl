# the specification, section 7.4: a short program
print join(",", "price 100 cost 200" =~ /(?<=cost )\d+/g), " ", "foobar foobaz" =~ s/foo(?=baz)/X/r, " ", join(",", "a1 b2 c" =~ /[a-z](?!\d)/g), "\n";
