# the specification, section 5.7: a compile-time error reaches $@ of a string eval
use strict;
use warnings;
my $v = eval 'my $x = 3; $x * 2';
print "$v\n";
eval 'die "thrown\n"';
print "got $@";
eval '1 +';
print $@ ? "syntax error seen\n" : "none\n";
my $outer = 5;
print eval('$outer + 1'), "\n";
print defined eval { undef } ? 1 : 0, $@ eq '' ? "clean" : "dirty", "\n";
