# the specification, section 7.4: %+ and %- where names repeat, line numbers that are set, children by open
use strict;
use warnings;
if ("ab-c" =~ /(?<x>a)(?<x>b)-(?<y>c)(?<z>d)?/) {
    print "first $+{x}, all @{$-{x}}, $-{x}[1] $-{y}->[0]\n";
    print join(",", sort keys %+), " ", join(",", sort keys %-), "\n";
    print defined $-{z}[0] ? "z" : "no z", " ", scalar @{$-{x}}, "\n";
}
open my $in, '<', \"one\ntwo\nthree\n" or die;
my @all = <$in>;
print "$.\n";
seek $in, 0, 0;
$. = 0;
while (<$in>) { print "$.:$_" }
close $in;
$| = 1;
my $child = open(my $from, '-|') // die "no child: $!";
if (!$child) { print "from the child\n"; exit 3 }
print "read: ", <$from>;
close $from;
print "status ", $? >> 8, "\n";
$child = open(my $to, '|-') // die "no child: $!";
if (!$child) { print "child got: ", <STDIN>; exit 0 }
print $to "a line\n";
close $to;
print "status $?\n";
print prototype("CORE::push"), " ", prototype("CORE::lc"), " ", defined prototype("CORE::print") ? "some" : "none", "\n";
use Sys::Hostname;
print length hostname() ? "a host\n" : "none\n";
