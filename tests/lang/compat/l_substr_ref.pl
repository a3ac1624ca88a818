# the specification, section 7.4: references to parts of texts
use strict;
use warnings;
my $s = "abcdef";
my $r = \substr($s, 1, 2);
print ref $r, "\n";
$$r = "XYZW";
print "$s $$r\n";
$$r .= "!";
print "$s $$r\n";
$$r = "";
print "$s [$$r]\n";
my $tail = \substr($s, -2);
$$tail = "tail";
print "$s $$tail\n";
my $p = \pos($s);
$s =~ /t/g;
print ref $p, " $$p\n";
$$p = 0;
print pos($s), "\n";
my $v = '';
my $q = \vec($v, 0, 8);
$$q = 65;
print "$v $$q ", ref $q, "\n";
my @list = ("one", "two");
my $e = \substr($list[1], 0, 1);
$$e = "T";
print "@list\n";
sub set { ${ $_[0] } = $_[1] }
set(\substr($s, 0, 1), "<>");
print "$s\n";
my $c = 0;
while ("k1v1k2v2" =~ /k(\d)v(\d)/g) { print "$1-$2;"; last if ++$c > 5 }
print "\n";
