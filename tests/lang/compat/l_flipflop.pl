# the specification, section 3.4: the flip-flop on lines
my @l = split /\n/, "a\nBEGIN\nb\nc\nEND\nd\nBEGIN\ne\nEND\n";
for (@l) {
    if (/BEGIN/ .. /END/) { print "$_ " }
}
print "\n";
for (@l) {
    my $n = /BEGIN/ .. /END/;
    print "[$n]" if $n;
}
print "\n";
for (1 .. 6) { print "$_," if $_ == 2 ... $_ == 2 }
print "\n";
