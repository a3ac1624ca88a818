# the specification, section 7.4: a short program
"k=v" =~ /(?<key>\w)=(?<val>\w)/ and print "$+{key} $+{val} ", join(",", sort keys %+), "\n";
