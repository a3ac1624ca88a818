# the specification, section 7.4: a short program
print join(" ", map { $_->[1] } sort { $a->[0] <=> $b->[0] } [1, "a"], [0, "b"], [1, "c"], [0, "d"]), "\n";
