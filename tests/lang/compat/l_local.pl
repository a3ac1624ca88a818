# the specification, section 2.1: local on scalars, arrays, hashes and elements
our ($s, @a, %h) = (1);
@a = (1, 2, 3);
%h = (k => 'v', j => 'w');
sub show { join(" ", $s, "@a", join(",", map { "$_=$h{$_}" } sort keys %h)) }
sub inner {
    local $s = 9;
    local @a = (7);
    local $h{k} = 'tmp';
    local $h{new} = 1;
    return show();
}
print inner(), "\n", show(), "\n";
{
    local @h{qw(k j)} = (1, 2);
    print show(), "\n";
}
print show(), "\n";
sub early { local $s = 5; return show() if 1; 0 }
print early(), "|", show(), "\n";
eval { local $s = 6; die "out\n" };
print $s, "\n";
{ delete local $h{k}; print exists $h{k} ? 1 : 0 }
print exists $h{k} ? 1 : 0, "\n";
