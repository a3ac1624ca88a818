# 6 --compat: long lists of constants
my @all = (1 .. 3, "a", "b", 4.5, "c", "d", "e", "f", 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, "x", "\x{e9}", -7, 1e300, "longer than fifteen bytes", "a\0b", "");
print join("|", map { sprintf '%vd', $_ } @all), "\n";
my %h = (a => 1, b => 2, c => 3, d => 4, e => 5, f => 6, g => 7, h => 8, i => 9, j => 10, k => 11, l => 12, m => 13, a => 14);
print join(",", map { "$_$h{$_}" } sort keys %h), "\n";
for my $round (1 .. 2) { my @t = (10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200, 210, 220, 230, 240, 250, 260); $_ += $round for @t; push @t, "end"; print "@t\n" }
my @wide = ("\x{263a}", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "\x{100}y", "z");
print join(",", map { length . ":" . ord } @wide), "\n";
$_ .= "!" for @wide[1, 2]; print "@wide[1, 2]\n";
sub table { return ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m", "n", "o", "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z") } print scalar(my @got = table()), " ", (table())[3], " ", scalar(table()), "\n";
