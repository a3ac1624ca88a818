# the specification, section 1.1: the DATA handle
use strict;
use warnings;
my %cfg;
while (my $line = <DATA>) {
    chomp $line;
    next if $line =~ /^\s*(#|$)/;
    my ($k, $v) = split /\s*=\s*/, $line, 2;
    $cfg{$k} = $v;
}
print "$_ -> $cfg{$_}\n" for sort keys %cfg;
__DATA__
# comment
host = example
port=80

path = /a=b
