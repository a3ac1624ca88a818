# 6 --compat: version objects
use version; our $VERSION = qv("1.2.3");
print "$VERSION ", ref $VERSION, "\n";
for my $p (['1.2.3','1.10'],['v1.2','1.002'],['1.5','1.50'],['1.002003','v1.2.3'],['0.9','0.10'],['1.2_3','1.23']) {
  my ($a,$b)=map { version->parse($_) } @$p; printf "%s %s: %d %s %s | %s %s\n", $a, $b, $a <=> $b, $a < $b ? "lt":"ge", $a == $b ? "eq" : "ne", $a->numify, $b->normal;
}
print version->new("1.5")->stringify, " ", version->declare("1.5"), " ", version->declare("1.5")->normal, " ", version->declare("v1.2.3")->numify, "\n";
print version->parse("1.2.3")->is_qv ? 1:0, version->parse("1.23")->is_qv ? 1 : 0, version->parse("1.2_3")->is_alpha ? 1:0, "\n";
print version->parse("1.3") > "1.2.9" ? "gt" : "le", " ", "1.3" < version->parse("1.4") ? "lt" : "ge", "\n";
eval { version->parse("abc") }; print $@ =~ /^(Invalid version format \([^)]*\))/, "\n";
eval { version->parse("1.2x") }; print $@ =~ /^(Invalid version format \([^)]*\))/, "\n";
print join(",", sort { version->parse($a) <=> version->parse($b) } qw(1.10.0 1.9.0 1.2.30 v1.2.4)), "\n";
print version::is_lax("1.2.3") ? 1:0, version::is_strict("1.2") ? 1 : 0, version::is_strict("v1.2") ? 1:0, "\n";
print version->new(v1.2.3), " ", version->new(5.006), " ", version->new("5.006")->normal, "\n"; print "true\n" if version->new("0.1"); print "false\n" unless version->new("0.0");
