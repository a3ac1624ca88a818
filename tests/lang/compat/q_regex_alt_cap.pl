# the specification, section 7.4: a short program
for ("a1", "2b") { if (/^([a-z])(\d)|(\d)([a-z])$/) { print join(",", map { $_ // "-" } $1, $2, $3, $4), " " } } print "\n";
