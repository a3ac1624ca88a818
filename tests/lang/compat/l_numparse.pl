# the specification, section 5.3: strings as numbers
no warnings;
for my $s ('42', ' 42', '42 ', '4_2', '0x1A', '1e3', '1e', '.5', '5.', '-3', '+3', '--3', 'abc', '', '0 but true', '1.5.2', 'inf', 'nan', '-inf', '12abc', '0b11', '1e-2', "\n7", '00012', '9999999999999999999', '-9223372036854775808') {
    my $t = $s =~ s/\n/\\n/r;
    print "$t -> ", $s + 0, " ", $s * 1, " ", int($s), "\n";
}
