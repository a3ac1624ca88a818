# 5.9 compat: what fuzzing against perl found.
no warnings;
my ($u, $v);
print "undef on bits: [", ~$u, "] [", "a" ^ $u, "] [", ($u ^ $u), "] [", ($u | "b"), "] [", ($u & 5), "]\n";
$v = -1e16; $v--; print $v == -1e16 ? "same" : "other", " ", $v, "\n";
$v = 1e15; $v++; print "$v\n";
$v = "inf"; $v++; print "$v\n";
$v = "nan"; $v++; print "$v\n";
print 18446744073709551615 + '0x1f', " ", 9007199254740993 + "a", " ", 9007199254740993 - "", "\n";
print abs(-1e16), " ", abs("-1e16"), " ", abs(-1e19), " ", abs(-0.5), "\n";
for my $pattern ('a*', 'a|', 'a*\B', '(a|)', '\d*', 'x*?') {
    my $text = "caxA 12";
    my $count = ($text =~ s/$pattern/<$&>/g);
    print "$pattern: $count $text ", join("|", "caxA 12" =~ /$pattern/g), "\n";
}
my $scalar = (7) x 2;
print "$scalar ", scalar((1, 2) x 3), " [", scalar((9) x -1), "]\n";
my @list = ((1, 2) x 2);
print "@list\n";
print join("|", 1e16 + 1, -1e16 - 1, 1e16 * 3, 1e15 + 1, 9007199254740992.0 + 1, 9007199254740991.0 + 1, 1e18 + 5), "\n";
$v = -1e15; $v--; print "$v\n";
$v = 1e16; $v++; print "$v\n";
$v = 5e15 / 2; $v++; print "$v\n";
