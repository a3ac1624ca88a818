# Places in a file that is a text: writing over, behind the end, and telling.
use strict;
use warnings;

open my $file, '>', \my $text or die;
print $file 'abcdef';
print tell $file, "\n";
seek $file, 2, 0;
print $file 'XY';
print "$text ", tell $file, "\n";
seek $file, 8, 0;
print $file '!';
print length $text, ' ', $text =~ tr/\0/./r, "\n";
close $file;

open $file, '>>', \$text or die;
print $file 'end';
$text = 'new ';
print $file 'tail';
print "$text\n";
close $file;

# The test of a file and `stat _`, which looks at nothing anew.
my @found;
print -e "/etc/passwd" ? "there" : "missing", " ", scalar(@found = stat _), " ", $found[7] == -s "/etc/passwd" ? "same" : "other", "\n";
