# 5.9 compat: a signal interrupts what waits; its handler runs, nothing that was read is lost, and the wait goes on.
use strict;
use warnings;
$| = 1;
my @seen;
$SIG{USR1} = sub { push @seen, "USR1" };
sub soon { system("(sleep 0.2; kill -USR1 $$) &") }
sub report { print "$_[0]: ", join(",", map { defined $_ ? $_ : "undef" } @_[1 .. $#_]), " seen @seen\n"; @seen = () }
sub feed { open(my $in, "-|", "printf 'one\ntw'; sleep 1.2; printf 'o\nthree\n'") or die; $in }

my $in = feed();
my $first = <$in>;
soon();
my $second = <$in>;
chomp($first, $second);
report("lines", $first, $second);
close $in;

$in = feed();
soon();
my @all = <$in>;
chomp @all;
report("list", @all, close($in) ? 1 : 0);

$in = feed();
soon();
my $count = read($in, my $buffer, 9);
$buffer =~ tr/\n/|/;
report("read", $count, $buffer, getc($in), eof($in) ? 1 : 0);
close $in;

soon();
my $out = `sleep 1.2; echo done`;
chomp $out;
report("backticks", $out, $?);

soon();
my $child = fork();
if (!$child) { select(undef, undef, undef, 1.2); exit 3 }
my $ended = waitpid($child, 0);
report("waitpid", $ended == $child ? "same" : $ended, $? >> 8);

$in = feed();
<$in>;
soon();
my $got = sysread($in, $buffer, 10);
report("sysread", $got, 0 + $!);

soon();
my $slept = sleep 20;
report("sleep", $slept < 10 ? "short" : $slept);

$in = feed();
<$in>;
$SIG{USR1} = sub { die "enough\n" };
soon();
my $left = eval { <$in> };
report("die", $left, $@ eq "enough\n" ? "enough" : $@);
soon();
$out = eval { `sleep 5` };
report("die in backticks", $out, $@ eq "enough\n" ? "enough" : $@);
