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
print "/// Names of the general categories in the order of their numbers.\n";
print "pub(crate) const CATEGORY_NAMES: [&str; ", scalar(@cats), "] = [", join(", ", map { "\"$_\"" } @cats), "];\n\n";

my ($starts, $values, $format, $default) = prop_invmap("General_Category", 0);
my @runs;
for my $i (0 .. $#$starts) {
    my $v = $values->[$i];
    $v = prop($v);
    push @runs, ($starts->[$i] << 5) | $cat{$v} if $starts->[$i] < 0x110000;
}
sub prop { my $v = shift; my %long = long(); return exists $cat{$v} ? $v : $long{$v} // die $v }
sub long { map { my $s = $_; map { ($_ => $s) } Unicode::UCD::prop_value_aliases("gc", $s) } @cats }
print "/// Runs of one general category: first code point times 32 plus the category's number.\n";
print "pub(crate) static CATEGORIES: [u32; ", scalar(@runs), "] = [\n";
print wrap(map { sprintf "0x%x", $_ } @runs), "];\n\n";

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
sub show { map { sprintf "(0x%x, 0x%x)", @$_ } @_ }
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
    print "/// $doc\npub(crate) static $name: [(u32, u32); ", scalar(@r), "] = [\n", wrap(show(@r)), "];\n\n";
}
print "/// Scripts with their extensions, by lower-case name.\npub(crate) static SCRIPTS: [(&str, &[(u32, u32)]); ", scalar(@scripts), "] = [\n";
for my $s (@scripts) {
    print "    (\n        \"", lc $s, "\",\n        &[\n", wrap(show(ranges(prop_invlist("scx=$s")))) =~ s/^/        /gmr, "        ],\n    ),\n";
}
print "];\n\n";
my @f;
for my $c (0 .. 0x1ffff) {
    my $f = casefold($c) or next;
    my $s = $f->{simple}; next if $s eq "";
    my $d = hex($s) - $c;
    if (@f && $f[-1][2] == $d && ($f[-1][3] == 0 && $c - $f[-1][1] <= 2 || $f[-1][3] && $c - $f[-1][1] == $f[-1][3])) {
        $f[-1][3] = $c - $f[-1][1]; $f[-1][1] = $c;
    } else { push @f, [$c, $c, $d, 0] }
}
print "/// Simple case folding: first, last, what to add, distance of neighbours.\n";
print "pub(crate) static FOLDS: [(u32, u32, i32, u32); ", scalar(@f), "] = [\n";
print wrap(map { sprintf "(0x%x, 0x%x, %d, %d)", $_->[0], $_->[1], $_->[2], $_->[3] || 1 } @f), "];\n";
