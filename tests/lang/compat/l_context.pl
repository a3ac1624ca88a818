# the specification, section 3.5: contexts
use strict;
use warnings;
sub ctx { wantarray ? "list" : defined wantarray ? "scalar" : "void" }
my @l = ctx();
my $s = ctx();
my ($p) = ctx();
my %h = (k => ctx());
my @a = (ctx(), scalar ctx());
print "@l $s $p $h{k} @a ", ctx(), " " . ctx(), "\n";
if (ctx() eq 'scalar') { print "cond scalar\n" }
print "interp @{[ctx()]} ${\ ctx()}\n";
my @x = (1, 2, 3);
my $n = @x;
my $last = (4, 5, 6)[-1];
my $cnt = () = (7, 8, 9, 10);
print "$n $last $cnt ", scalar(@x), " ", $#x + 1, " ", "@x" . "", "\n";
sub lst { return (10, 20, 30) }
sub arr { my @r = (10, 20, 30); return @r }
sub none { return }
my $v1 = lst();
my $v2 = arr();
my $v3 = none();
my @v4 = none();
print "$v1 $v2 ", defined $v3 ? 1 : 0, scalar(@v4), "\n";
my ($q, @r) = (arr(), 40);
print "$q @r\n";
return_test();
sub return_test { my @r = map { ctx() } 1; print "@r\n"; ctx(); }
