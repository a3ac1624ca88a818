# the specification, section 7.4: open, print, seek, tell, read, eof
use strict;
use warnings;
my $path = "/tmp/s-corpus-$$.txt";
open(my $out, '>', $path) or die "no: $!";
print $out "line one\n", "line two\n";
printf $out "%s %d\n", "line", 3;
close $out;
print -s $path, " ", (-e $path ? 1 : 0), (-d $path ? 1 : 0), (-f $path ? 1 : 0), "\n";
open(my $in, '<', $path) or die;
my $first = <$in>;
chomp $first;
print "$first at ", tell($in), " line $.\n";
my @rest = <$in>;
print scalar(@rest), " more, eof ", (eof($in) ? 1 : 0), "\n";
seek $in, 5, 0;
my $n = read $in, my $buf, 3;
print "$n [$buf]\n";
$n = read $in, $buf, 4, 3;
print "$n [", $buf =~ s/\n/|/r, "]\n";
close $in;
open(my $app, '>>', $path) or die;
print {$app} "tail\n";
close $app;
{
    local $/;
    open my $fh, '<', $path or die;
    my $all = <$fh>;
    print length $all, "\n";
    close $fh;
}
print unlink($path), " ", (-e $path ? "still" : "gone"), "\n";
