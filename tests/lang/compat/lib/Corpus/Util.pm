package Corpus::Util;
use parent 'Corpus::Importer';
sub default_exports { qw(twice thrice) }
sub twice { 2 * $_[0] }
sub thrice { 3 * shift }
sub where { join ' ', (caller(0))[3], (caller)[0,2] }
sub called { my @from = caller; "@from[0, 2]" }
print "loading ", __PACKAGE__, "\n";
1;
