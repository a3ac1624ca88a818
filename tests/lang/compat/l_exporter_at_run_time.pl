# 6 --compat: what Exporter does while a program runs
use lib 'lib';
use Corpus::Jump ':both', 'skip';
use Corpus::Jump::Level;
print leap(1), " ", hop(2), " ", skip(3), " ", deep(4), "\n";
print "@Corpus::Jump::seen\n";
{ package Elsewhere; Corpus::Jump->import('leap'); print leap("x"), " ", Elsewhere->can('hop') ? 1 : 0, "\n" }
package Made::Here; our @ISA = ('Exporter'); our @EXPORT_OK = qw(made $value @list); our $value = 5; our @list = (1, 2);
sub made { "made" }
package main;
BEGIN { require Exporter; Made::Here->import }
Made::Here->import(qw(made $value @list));
our ($value, @list);
print made(), " $value @list\n";
local $SIG{__WARN__} = sub { print "warned: $_[0]" };
eval { Made::Here->import('absent'); 1 } or print "died: $@";
{ package Negated; Corpus::Jump->import('!hop', ':both', 'skip') if 0; Corpus::Jump->import(qw(:both !hop)); print Negated->can('leap') ? 1 : 0, Negated->can('hop') ? 1 : 0, "\n" }
sub outer { inner(@_) } sub inner { goto &innermost } sub innermost { my @c = caller; my @d = caller(1); "$c[2] $d[3]" }
print outer(), "\n";
