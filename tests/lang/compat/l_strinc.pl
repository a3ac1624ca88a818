# the specification, section 3.10: magic increment
for my $s ('a', 'z', 'Az', 'zz', 'Zz', 'a9', 'zZ9', '9', '09', 'a-b', '', '1e2', 'zz99', 'aB') {
    no warnings;
    my $x = $s;
    $x++;
    print "$s>$x ";
}
print "\n";
my @l = ('y' .. 'ab');
print "@l\n", join(",", 'a9' .. 'b2'), "\n", join(",", '01' .. '05'), "\n", scalar(my @e = ('b' .. 'a')), "\n";
