# the specification, section 7.4: a short program
my @a = ("%s-%s", 1, 2); print sprintf($a[0], @a[1, 2]), "\n"; print sprintf('%3$s %1$s %2$s', "a", "b", "c"), "\n"; print sprintf('%-10.3s|', "abcdef"), sprintf('%*3$d|', 5, 0, 6), "\n";
