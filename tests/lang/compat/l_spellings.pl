# What old modules are written like.
use strict;
use warnings;

my $name = "abc";
substr $name, 0, 0, = 'x';
print "$name\n";

%^H = (x => 1, y => 2, z => 3);
my %f = (a => 'x', b => 'y');
delete @^H{ values(%f) };
print join(",", sort keys %^H), "\n";

package Some::Thing;
sub make { my ($class, $fields) = @_; return bless {%$fields}, $class }
package main;
$| = 1;
my $thing = make Some::Thing { V => 3, W => 4 };
print "$thing->{V}\n";
sub Other::import { print "import of $_[0]\n" }
import Other;

my $program = "/bin/echo";
system $program "zeroth", "no shell * here";

sub report { print @_ }
report << "HERE";
a text for $name
HERE
main::report << 'RAW';
a text for $name
RAW

=head1 Indented ends do not end it

    =cut

print "not reached\n";

=cut

print "done\n";
