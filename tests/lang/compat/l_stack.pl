# the specification, section 7.4: stack and queue on arrays
use strict;
use warnings;

my @stack;
push @stack, $_ for 1 .. 5;
print "top $stack[-1] size ", scalar(@stack), "\n";
my @out;
while (defined(my $x = pop @stack)) {
    push @out, $x;
}
print "@out\n";
my @queue = ('a' .. 'd');
unshift @queue, 'z';
print shift(@queue), shift(@queue), " left @queue\n";
