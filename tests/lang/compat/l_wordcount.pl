# the specification, section 7.4: counting words of a here-document
use strict;
use warnings;
my $text = <<'TXT';
the cat and the dog
and The bird
TXT
my %n;
for my $line (split /\n/, $text) {
    $n{lc $_}++ for $line =~ /\w+/g;
}
for my $w (sort { $n{$b} <=> $n{$a} || $a cmp $b } keys %n) {
    printf "%-5s %d\n", $w, $n{$w};
}
