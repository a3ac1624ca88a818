# 6 --compat: a module that was loaded is not loaded again by a text or a computed name
use strict; use warnings;
use lib 'lib';
use Corpus::State 'next_number';
print next_number(), "\n";
my $class = 'Corpus::State';
print eval "require $class; 1" ? "ok\n" : $@;
print next_number(), " ", Corpus::State::label('a'), "\n";
eval "use $class qw(label); print label('b'), qq{\\n}; 1" or print $@;
(my $file = "$class.pm") =~ s{::}{/}g;
print require $file, " ", next_number(), "\n";
print eval "package Elsewhere; use List::Util 'sum'; sum(1, 2, 3)", "\n";
for my $round (1 .. 2) { print eval "use POSIX 'floor'; floor($round + 0.5)", "\n" }
