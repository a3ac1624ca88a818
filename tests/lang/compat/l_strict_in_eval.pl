# the specification, section 7.4: use strict 'vars' in texts that are evaluated
use strict;
use warnings;
our $declared = 1;
my $lexical = 2;
print eval q{$declared + $lexical} // $@, "\n";
eval q{$undeclared = 2};
print $@;
eval q{push @undeclared_list, 1};
print $@;
eval q{$undeclared_table{x} = 1};
print $@;
eval q{$main::qualified = 3; print "fine\n"};
eval q{my @sorted = sort { $a <=> $b } 2, 1; print "@sorted\n"};
eval q{print "topic $_\n" for 1; print "$0\n" if 0; print scalar(@ARGV), "\n"};
eval q{no strict 'vars'; $loose = 4; print "$loose\n"};
