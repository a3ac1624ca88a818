# the specification, section 3.12: global matches, named groups, lookaround, code in replacements
use strict;
use warnings;
my $s = "name: Ann, age: 30, city: Oslo";
my %h = $s =~ /(\w+): (\w+)/g;
print join(";", map { "$_=$h{$_}" } sort keys %h), "\n";
if ($s =~ /age: (?<age>\d+)/) { print "age $+{age} at $-[0]-$+[0]\n" }
(my $t = $s) =~ s/(\d+)/$1 + 1/e;
print "$t\n";
$t =~ s/\b(\w)(\w*)/\u$1\L$2/g;
print "$t\n";
my $csv = 'a,"b,c",d';
my @f;
push @f, defined $1 ? $1 : $2 while $csv =~ /"([^"]*)"|([^,]+)/g;
print join("|", @f), "\n";
my $re = qr/(\d+)\s*(kg|g)/i;
for my $x ("5 kg", "12G", "none") { print $x =~ $re ? "$1 " . lc $2 : "-", "\n" }
my $n = () = "abracadabra" =~ /a/g;
print "$n\n";
print join(",", split /\s*[;,]\s*/, "a ; b,c ;d"), "\n";
my $text = "x1y2z3";
my $out = '';
while ($text =~ /([a-z])(\d)/gc) { $out .= $2 x 2 . $1 }
print "$out\n";
my $nested = qr/\((?:[^()]++|(?R))*\)/;
print "f(a(b)c)(d" =~ /(\((?:[^()]|(?1))*\))/ ? "$1\n" : "none\n";
print "aXbXc" =~ s/X/-/r, " ", "path/to/file" =~ s{.*/}{}r, "\n";
$_ = "topic text";
print "yes\n" if /text$/;
my ($first) = /(\w+)/;
s/topic/new/;
print "$first $_\n";
my @pairs = map { [split /=/] } split /&/, "a=1&b=2";
print join(" ", map { "$_->[0]:$_->[1]" } @pairs), "\n";
