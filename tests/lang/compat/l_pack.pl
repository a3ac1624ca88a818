# the specification, section 4.2: pack and unpack
my @t = (['A3', 'abcd'], ['a5', 'ab'], ['Z5', 'ab'], ['Z*', 'ab'], ['H6', 'a1b2c3'], ['h4', '1234'], ['B16', '0100000101000010'], ['b8', '10000010'],
    ['C*', 1, 2, 255], ['c', -1], ['n', 258], ['N', 16909060], ['v', 258], ['V', 16909060], ['s', -2], ['S', 65534], ['l', -3], ['L', 4294967293],
    ['q', -4], ['Q', 5], ['s>', 1], ['l>', 1], ['q>', 1], ['n2', 1, 2], ['x2 C', 7], ['C x C', 1, 2], ['w', 16384], ['(A1 C)2', 'a', 1, 'b', 2]);
for my $t (@t) {
    my ($f, @v) = @$t;
    print "$f ", unpack('H*', pack($f, @v)), "\n";
}
my $b = pack 'N n C a4', 1, 2, 3, 'data';
print join(',', unpack 'N n C a4', $b), "\n";
print join(',', unpack 'x4 n', $b), " ", join(',', unpack '@6 C', $b), "\n";
print join(',', unpack '(a2)*', 'aabbc'), " ", unpack('%8C*', 'abc'), " ", unpack('%32b*', 'a'), "\n";
print join(',', unpack 'c C s S', pack 'c C s S', -1, 255, -1, 65535), "\n";
print join(',', map { sprintf '%.2f', $_ } unpack 'f d', pack 'f d', 1.25, -2.5), "\n";
