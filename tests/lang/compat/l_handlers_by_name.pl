# Handlers and comparators may be names, whatever `strict` says; and small things of calls.
use strict;
use warnings;

sub on_warning { print "warned: $_[0]" }
sub on_death { print "dying: $_[0]" }
{
    local $SIG{__WARN__} = 'on_warning';
    local $SIG{__DIE__} = 'main::on_death';
    warn "careful\n";
    eval { die "the end\n" };
    print "caught: $@";
}

sub by_number { return $a <=> $b }
my $order = 'by_number';
print join(' ', sort $order 10, 9, 100, 1), "\n";

sub count { return scalar @_ }
my $count = \&count;
sub all_of_them { return $count->&* }
print all_of_them(1, 2, 3), "\n";

my @letters = ('a' .. 'c');
my ($at) = each @letters;
keys @letters;
print join(' ', $at, each @letters), "\n";

printf "%hd %hhd %hu %hhx %hd\n", 70000, 300, 70000, -1, -70000;

# What is no reference is an error although nobody wants what it refers to.
my $word = 'word';
no warnings;
eval { @$word };
print $@;
eval { my $code = sub { 1 }; %$code; 1 };
print $@;

# Whether there is a function by a computed name.
{
    no strict 'refs';
    our @no_function = (1);
    print join(' ', map { defined &{"main::$_"} ? 'yes' : 'no' } 'count', 'no_function', 'missing'), "\n";
    my $name = 'by_number';
    print defined &$name ? 'yes' : 'no', defined &{*no_function} ? 'yes' : 'no', "\n";
}
