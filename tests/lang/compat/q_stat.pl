# the specification, section 7.4: a short program
my @s = stat("/"); print scalar(@s), " ", -d _ ? "dir" : "no", "\n";
