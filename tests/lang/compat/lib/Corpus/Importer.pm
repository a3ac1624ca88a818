package Corpus::Importer;
use strict; use warnings;
our $VERSION = '1.25';
my %registry;
sub import {
    my $class = shift;
    my $target = caller;
    strict->import; warnings->import;
    my %opt = ref $_[0] eq 'HASH' ? %{+shift} : ();
    my $prefix = $opt{-prefix} // '';
    no strict 'refs';
    for my $name (@_ ? @_ : $class->default_exports) {
        my $code = $class->can($name) or do {
            my (undef, $file, $line) = caller;
            die "$class does not export $name at $file line $line.\n";
        };
        *{"${target}::$prefix$name"} = $code;
        $registry{$target}{"$prefix$name"}++;
    }
}
sub unimport { my ($class, @names) = @_; print "without @names\n"; }
sub registry { \%registry }
sub default_exports { () }
1;
