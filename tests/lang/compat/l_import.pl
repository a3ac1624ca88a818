# 6 --compat: `use lib`, and modules that import by a method of their own
use strict; use warnings;
use lib 'lib';
use Corpus::Util;
use Corpus::Util { -prefix => 'u_' }, qw(where called);
use Corpus::Tags qw(:colors $Count @List %Map);
print twice(4), " ", thrice 5; print "\n";
print u_where(), " ", u_called(), "\n";
print red(1), " ", green 2, 3; print "\n";
print "$Count @List $Map{a}\n";
print join(",", map { my $t = $_; map "$t:$_", sort keys %{Corpus::Importer->registry->{$t}} } sort keys %{Corpus::Importer->registry}), "\n";
eval { Corpus::Util->import('nonesuch') }; print $@;
no Corpus::Util 'twice', 'other';
print Corpus::Importer->VERSION, "\n"; eval { Corpus::Importer->VERSION(2) }; print $@ =~ s/ at .*//sr, "\n";
print $INC{'Corpus/Util.pm'}, " ", exists $INC{'Corpus/None.pm'} ? "yes" : "no", "\n";
{ package Other; use Corpus::Util 'twice'; print twice(10), " ", Other->can('thrice') ? 1 : 0, " ", Corpus::Util::called(), "\n"; }
BEGIN { package In::Line; $INC{'In/Line.pm'} = __FILE__; sub import { my $c = caller; no strict 'refs'; *{$c."::inl"} = sub { "inl(@_)" } } }
use In::Line;
print inl(1,2), "\n"; print inl "x"; print "\n";
print "[", inl, "]\n";
require Corpus::Tags; Corpus::Tags->import('red');
print eval { require Corpus::None; 1 } ? "loaded" : "none: " . ($@ =~ /^(Can't locate \S+)/)[0], "\n";
my $class = "Corpus::Util"; (my $file = "$class.pm") =~ s{::}{/}g; print require $file, "\n";
print __PACKAGE__->can('red')->("m"), "\n";
my $ok = eval "use Corpus::None; 1"; print defined $ok ? "ok" : $@ =~ /^(Can't locate \S+ in \@INC)/, "\n";
eval "use Corpus::Util { -prefix => 'late_' }, 'twice'; print late_twice(8), qq{\n}; 1" or print $@;
package Third;
print Corpus::Util::called(), "\n";
my $later = sub { Corpus::Util::called() };
print $later->(), "\n";
