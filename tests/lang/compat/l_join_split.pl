# the specification, section 3.12: split in a table
my @t = (['a,b,c', ',', 0], ['a,b,,c,,', ',', 0], ['a,b,,c,,', ',', -1], ['a,b,c,d', ',', 2], [',a', ',', 0], ['', ',', 0], ['abc', '', 0], ['a1b2c', '\d', 0], ['a1b2c', '(\d)', 0],
    ['  lead trail  ', '\s+', 0], ['a|b', '\|', 0], ['aXbxc', '(?i)x', 0], ['2024-01-02', '-', 0], ['k=v=w', '=', 2], ['a,b', ',', 5], ['aaa', 'a', 0], ['aaa', 'a', -1], ['ab', 'b', 0]);
for (@t) {
    my ($s, $re, $n) = @$_;
    my @f = $n ? split(/$re/, $s, $n) : split(/$re/, $s);
    print scalar(@f), ": ", join('|', map { "<$_>" } @f), "\n";
}
print join('|', split(' ', "  a b\tc\n")), "\n";
print join('|', split(/ /, "  a b")), "\n";
my ($x, $y) = split /:/, "p:q:r";
print "$x $y ", scalar(my @all = split /:/, "p:q:r"), "\n";
