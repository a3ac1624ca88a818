# `local *NAME` puts the file of a name aside, too.
use strict;
use warnings;

my $path = "/tmp/s-local-handle.$$";
{
    local *STDOUT;
    open STDOUT, '>', $path or die "cannot write: $!";
    print "into the file\n";
    printf STDOUT "%d\n", 7;
}
print "to the terminal again\n";

our $name = "kept";
sub lines {
    local *FILE;
    open FILE, '<', $path or die "cannot read: $!";
    my @lines = <FILE>;
    return @lines;
}
open FILE, '<', $path or die "cannot read: $!";
print "first: ", scalar <FILE>;
print "inside: ", scalar(lines()), " lines\n";
print "second: ", scalar <FILE>;
close FILE;

{
    local *STDOUT;
    open STDOUT, '>', \my $text or die "no memory: $!";
    print "captured";
    close STDOUT;
    $name = $text;
}
print "name: $name\n";
unlink $path;
