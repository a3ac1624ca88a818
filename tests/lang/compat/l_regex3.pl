# the specification, section 3.12: \G scanner, pos and \K
use strict;
use warnings;
my $src = "x = 3 + foo*(2-1)";
my @tok;
for ($src) {
    while (1) {
        /\G\s+/gc and next;
        /\G(\d+)/gc and do { push @tok, "num:$1"; next };
        /\G([a-z]\w*)/gci and do { push @tok, "id:$1"; next };
        /\G([-+*\/=()])/gc and do { push @tok, "op:$1"; next };
        last;
    }
}
print join(" ", @tok), "\n";
my $v = "aaXbbX";
$v =~ /X/g;
print pos($v), "\n";
$v =~ /nomatch/g;
print defined pos($v) ? 1 : 0, "\n";
print "price: 100" =~ s/price: \K\d+/200/r, "\n";
(my $z = "2024-01-02") =~ s/(\d+)-(\d+)-(\d+)/$3.$2.$1/;
print "$z\n";
my $c = ($v =~ s/([a-z])\1/<$1>/g);
print "$c $v\n";
