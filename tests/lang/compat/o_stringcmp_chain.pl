# the specification, section 7.4: a short program
print join(" ", map { $_->{n} } sort { $a->{g} cmp $b->{g} || $b->{n} <=> $a->{n} } map { { g => $_ % 2 ? "odd" : "even", n => $_ } } 1 .. 5), "\n";
