#!/usr/bin/perl
# Prints `src/tables.rs` from the Unicode data of the perl that runs it:
#   perl tables.pl > src/tables.rs
use strict;
use warnings;
use Unicode::UCD qw(prop_invlist prop_invmap casefold);

my @cats = qw(Lu Ll Lt Lm Lo Mn Mc Me Nd Nl No Pc Pd Ps Pe Pi Pf Po Sm Sc Sk So Zs Zl Zp Cc Cf Cs Co Cn);
my %cat; @cat{@cats} = 0 .. $#cats;
my @scripts = qw(Arabic Armenian Bengali Bopomofo Braille Cherokee Common Coptic Cyrillic Devanagari Ethiopic
    Georgian Gothic Greek Gujarati Gurmukhi Han Hangul Hebrew Hiragana Inherited Kannada Katakana Khmer Lao Latin
    Malayalam Mongolian Myanmar Ogham Oriya Runic Sinhala Syriac Tamil Telugu Thaana Thai Tibetan);

print "//! Tables of Unicode ", Unicode::UCD::UnicodeVersion(), ", printed by `tables.pl`: facts of the Unicode Character Database.\n\n";
print <<'END';
/// Reads a table: bytes, and numbers in groups of seven bits, the lowest first, each but the last with the bit above set.
pub(crate) struct Numbers {
    rest: &'static [u8],
}

impl Numbers {
    pub(crate) fn of(table: &'static [u8]) -> Numbers {
        Numbers { rest: table }
    }

    pub(crate) fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.rest.split_first()?;
        self.rest = rest;
        Some(byte)
    }

    pub(crate) fn next(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        Some(number)
    }
}

END
print "/// Names of the general categories in the order of their numbers, two letters each.\n";
print "pub(crate) const CATEGORY_NAMES: [u8; ", 2 * @cats, "] = *b\"", join("", @cats), "\";\n\n";

my ($starts, $values, $format, $default) = prop_invmap("General_Category", 0);
my @runs;
for my $i (0 .. $#$starts) {
    last if $starts->[$i] >= 0x110000;
    my $end = $i < $#$starts && $starts->[$i + 1] < 0x110000 ? $starts->[$i + 1] : 0x110000;
    my ($number, $more) = ($cat{prop($values->[$i])}, $end - $starts->[$i] - 1);
    push @runs, $more < 7 ? $number | $more << 5 : ($number | 7 << 5, packed($more - 7));
}
sub prop { my $v = shift; my %long = long(); return exists $cat{$v} ? $v : $long{$v} // die $v }
sub long { map { my $s = $_; map { ($_ => $s) } Unicode::UCD::prop_value_aliases("gc", $s) } @cats }
print "/// Runs of one general category, each after the one before: the category's number and, in the three bits above,\n";
print "/// how many code points follow the first; with 7, a number follows that is added.\n";
print bytes("CATEGORIES", @runs);

# A number in groups of seven bits, the lowest first, each but the last with the bit above set.
sub packed {
    my $n = shift; my @bytes;
    while ($n > 127) { push @bytes, $n & 127 | 128; $n >>= 7 }
    return (@bytes, $n);
}
# Ranges as pairs of such numbers: code points left out, and code points that follow the first.
sub packed_ranges {
    my $next = 0;
    return map { my @pair = (packed($_->[0] - $next), packed($_->[1] - $_->[0])); $next = $_->[1] + 1; @pair } @_;
}
sub bytes { my $name = shift; return "pub(crate) static $name: [u8; " . @_ . "] = [\n" . wrap(@_) . "];\n\n" }
sub wrap {
    my ($out, $line) = ("", "   ");
    for (@_) {
        if (length($line) + length($_) + 2 > 108) { $out .= "$line\n"; $line = "   " }
        $line .= " $_,";
    }
    return "$out$line\n";
}
sub ranges {
    my @l = @_; my @r;
    while (@l) { my $lo = shift @l; my $hi = @l ? shift(@l) - 1 : 0x10ffff; push @r, [$lo, $hi] }
    return @r;
}
sub minus {    # members of the first property outside the categories named
    my ($p, @not) = @_; my %not = map { $_ => 1 } @not; my @out;
    my %c; for my $n (@not) { for my $r (ranges(prop_invlist("gc=$n"))) { $c{$_} = 1 for $r->[0] .. $r->[1] } }
    for my $r (ranges(prop_invlist($p))) {
        for my $x ($r->[0] .. $r->[1]) {
            next if $c{$x};
            if (@out && $out[-1][1] == $x - 1) { $out[-1][1] = $x } else { push @out, [$x, $x] }
        }
    }
    return @out;
}
for (["OTHER_ALPHABETIC", "Alphabetic characters outside L and Nl.", "Alphabetic", qw(Lu Ll Lt Lm Lo Nl)],
    ["OTHER_UPPERCASE", "Upper-case characters outside Lu.", "Uppercase", "Lu"],
    ["OTHER_LOWERCASE", "Lower-case characters outside Ll.", "Lowercase", "Ll"]) {
    my ($name, $doc, $p, @not) = @$_;
    my @r = minus($p, @not);
    print "/// $doc\n", bytes($name, packed_ranges(@r));
}
print "/// Names of scripts, in lower case.\n";
print "pub(crate) const SCRIPT_NAMES: &str = \"", join(" ", map { lc } @scripts) =~ s/.{60,90}\K (?=.)/ \\\n    /gr, "\";\n\n";
print "/// The scripts in the order of their names, with their extensions: how many ranges, and these.\n";
print bytes("SCRIPTS", map { my @r = ranges(prop_invlist("scx=$_")); (packed(scalar @r), packed_ranges(@r)) } @scripts);
my @f;
for my $c (0 .. 0x1ffff) {
    my $f = casefold($c) or next;
    my $s = $f->{simple}; next if $s eq "";
    my $d = hex($s) - $c;
    if (@f && $f[-1][2] == $d && ($f[-1][3] == 0 && $c - $f[-1][1] <= 2 || $f[-1][3] && $c - $f[-1][1] == $f[-1][3])) {
        $f[-1][3] = $c - $f[-1][1]; $f[-1][1] = $c;
    } else { push @f, [$c, $c, $d, 0] }
}
print "/// Simple case folding: the first code point times 4096, plus what the last is more times 2, plus what the distance\n";
print "/// of neighbours is more than 1; and what to add.\n";
print "pub(crate) static FOLDS: [(u32, i32); ", scalar(@f), "] = [\n";
print wrap(map { sprintf "(0x%x, %d)", $_->[0] << 12 | $_->[1] - $_->[0] << 1 | ($_->[3] || 1) - 1, $_->[2] } @f), "];\n";
