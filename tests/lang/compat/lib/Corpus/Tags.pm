package Corpus::Tags;
use strict; use warnings;
use Exporter 'import';
our @EXPORT_OK = qw(red green $Count @List %Map);
our %EXPORT_TAGS = (all => \@EXPORT_OK, colors => [qw(red green)]);
our ($Count, @List, %Map) = (7);
@List = (1,2,3); %Map = (a => 1);
sub red { "red(@_)" } sub green { "green(@_)" }
1;
