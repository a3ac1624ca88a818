# the specification, section 7.4: a short program
sub bylen { length($a) <=> length($b) || $a cmp $b } print join(" ", sort bylen qw(ccc a bb aa)), "\n";
