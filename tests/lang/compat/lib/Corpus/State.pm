package Corpus::State;
use strict; use warnings;
use Exporter 'import';
our @EXPORT_OK = qw(next_number label);
my $number = 10;
my %labels = (a => 'A', b => 'B');
print "state begins\n";
sub next_number { return ++$number }
sub label { return $labels{$_[0]} // 'none' }
1;
