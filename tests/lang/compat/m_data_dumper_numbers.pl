# the specification, section 7.4: which numbers Data::Dumper puts into quotes
use strict;
use warnings;
use Data::Dumper;
$Data::Dumper::Sortkeys = 1;
$Data::Dumper::Indent = 1;
my ($year, $month) = "2024-05" =~ /(\d+)-(\d+)/;
print Dumper({ text => "12", number => 12, negative => -3, text_negative => "-3", float => 1.5, whole => 7.0, large => 12345678901, year => $year, month => $month, true => 1 == 1, false => 1 == 2 });
print Dumper([split /,/, "1,2,x"], [map { $_ * 2 } 1, 2], length "abc");
