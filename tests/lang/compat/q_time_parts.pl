# the specification, section 7.4: a short program
my @t = gmtime(0); print join(",", @t[5, 4, 3, 2, 1, 0, 6, 7]), "\n"; print scalar(gmtime(86400 * 365)), "\n"; printf "%04d-%02d-%02d\n", $t[5] + 1900, $t[4] + 1, $t[3];
