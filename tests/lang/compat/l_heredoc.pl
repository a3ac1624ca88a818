# the specification, section 1.4: here-documents
use strict;
use warnings;
my %h = (k => 'val');
my @a = (1, 2);
print <<EOT, "after\n";
plain $h{k} @a[0,1] @{[ scalar @a ]}
EOT
print <<'RAW';
$h{k} \n stays
RAW
print <<~"IND";
    first
      second $a[1]
    IND
my $t = join '', map { "<$_>" } split /\n/, <<A . <<B;
a1
a2
A
b1
B
print "$t\n";
if (1) {
    print lc(<<X);
UPPER
X
}
