#!/usr/bin/perl -w
# the specification, section 7.4: -w in the first line
local $SIG{__WARN__} = sub { print "W: $_[0]" };
my $x;
print $x + 1, "\n";
{ no warnings; print "quiet ", $x . "b", "\n"; }
print "loud ", $x . "b", "\n";
