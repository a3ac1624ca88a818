# 5.9 compat: handlers run in loops and in recursion that call nothing of the library.
use strict;
use warnings;
sub soon { system("(sleep 0.2; kill -USR1 $$) &") }
$SIG{USR1} = sub { die "enough\n" };
sub fib { my $n = shift; $n < 2 ? $n : fib($n - 1) + fib($n - 2) }
my %endless = (
    while   => sub { my $i = 0; while (1) { $i++ } },
    until   => sub { my $i = 1; until ($i == 0) { $i++ } },
    cfor    => sub { for (my $i = 0; $i >= 0; $i++) { } },
    range   => sub { my $sum = 0; for my $i (1 .. 1_000_000_000_000) { $sum += $i } },
    array   => sub { my @list = (1 .. 10); for my $item (@list) { push @list, 1 if @list < 1000; redo } },
    postfix => sub { my $i = 1; $i++ while $i },
    recurse => sub { fib(60) },
);
for my $name (sort keys %endless) {
    soon();
    eval { $endless{$name}->() };
    print "$name: $@";
}
my $count = 0;
$SIG{USR1} = sub { $count++ };
soon();
my $rounds = 0;
while (!$count) { $rounds++ }
print "count $count, ", $rounds > 0 ? "some" : "no", " rounds\n";
