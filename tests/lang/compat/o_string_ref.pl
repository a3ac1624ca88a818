# the specification, section 7.4: a short program
print "@{[ map { $_ * 2 } 1 .. 3 ]} ${\ join('-', 1, 2)}\n";
