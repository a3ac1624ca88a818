# the specification, section 7.4: modules that come with perl: SelectSaver, Sub::Util, Tie::Handle
use strict; use warnings;
use SelectSaver; use Sub::Util qw(subname);
open my $mem, '>', \my $text or die;
{ my $saver = SelectSaver->new($mem); print "into the text\n" }
print "out: $text";
sub named {} print subname(\&named), ' ', subname(sub {}), "\n";
print eval { subname('x'); 1 } ? "name\n" : $@ =~ /^Not a subroutine reference/ ? "refused\n" : $@;
package Upper; require Tie::Handle; our @ISA = ('Tie::StdHandle');
sub WRITE { my ($self, $t, $n, $from) = @_; print STDOUT uc substr $t, $from // 0, $n; return $n }
sub PRINT { Tie::Handle::PRINT(@_) }
package Only; our @ISA = ('Tie::Handle'); sub TIEHANDLE { return bless [], shift }
package main;
tie *UP, 'Upper'; print UP "shouted ", "words\n"; syswrite UP, "and more\n";
tie *STD, 'Tie::StdHandle', '<', '/proc/self/status'; my $first = <STD>; print $first =~ /^Name:/ ? "read\n" : "not\n"; close STD;
tie *ONLY, 'Only'; print eval { print ONLY 1; 1 } ? "printed\n" : $@ =~ /^Only doesn't define a PRINT method/ ? "lacks\n" : $@;
