# the specification, section 7.4: functions without a body
use strict;
use warnings;
sub f { return "f(@_)" }
my $code = \&f;
print f(1), " ", defined &f ? "defined" : "undefined", "\n";
undef &f;
print defined &f ? "defined" : "undefined", "\n";
print eval { f(2); 1 } ? "lived\n" : $@;
print eval { $code->(2); 1 } ? "lived\n" : $@;
{ no warnings; eval 'sub f { return "again(@_)" } 1' or print $@; }
print f(3), "\n";
