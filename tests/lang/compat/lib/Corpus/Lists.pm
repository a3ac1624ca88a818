package Corpus::Lists;
use strict; use warnings;
use Exporter 'import';
our @EXPORT = qw(alpha);
our @EXPORT_OK = ('beta', map { "item_$_" } 1 .. 3);
our %EXPORT_TAGS = (items => [map { "item_$_" } 1 .. 3], greek => [@EXPORT, 'beta']);
$EXPORT_TAGS{late} = [qw(gamma delta)];
push @EXPORT_OK, @{ $EXPORT_TAGS{late} };
$EXPORT_TAGS{all} = \@EXPORT_OK;
sub alpha { "alpha" } sub beta { "beta(@_)" } sub gamma { "gamma" } sub delta { "delta" }
sub item_1 { "one" } sub item_2 { "two" } sub item_3 { "three" }
1;
