# the specification, section 7.4: a short program
print join(",", "cat dog bird" =~ /cat|bird/g), "\n";
