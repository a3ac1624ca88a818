# The lines of a file as an array.
use Tie::File;
my $path = "/tmp/s-tie-file-$$";
open my $out, '>', $path or die; print $out "a\nb\nc\n"; close $out;
tie my @lines, 'Tie::File', $path or die;
print "$lines[1] ", scalar(@lines), "\n";
$lines[1] = "B"; push @lines, "d"; print "@lines $#lines\n";
print join("|", splice @lines, 0, 1, "x", "y"), " ", shift @lines, " ", pop @lines, "\n";
unshift @lines, "first"; $_ .= "!" for @lines; $lines[6] = "far";
untie @lines;
open my $in, '<', $path or die; print <$in>; close $in; unlink $path;
