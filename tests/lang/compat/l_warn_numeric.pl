# the specification, section 7.4: warnings of texts that are no numbers
use strict;
use warnings;
local $SIG{__WARN__} = sub { print "W: $_[0]" };
my ($word, $apples) = ("word", "3 apples");
print 1 + $word, "\n";
print $apples * 2, "\n";
print "" + 0, " ", " 12 " + 1, " ", "1e3" + 1, " ", "0x10" + 0, " ", "0 but true" + 5, "\n";
print "line\nfeed" + 1, " ", "back\\slash\t" + 1, "\n";
print int("7x"), " ", abs("-2y"), " ", sqrt("16z"), " ", 1 << "2q", "\n";
print "ab" x "2c", "\n";
my $long = "y" x 70;
print $long + 1, "\n";
print "same\n" if "abc" == 0;
print "ordered: ", "abc" <=> 1, "\n";
{
    no warnings 'numeric';
    print "quiet: ", "abc" + 1, "\n";
}
{
    use warnings FATAL => 'all';
    my $undefined;
    print eval { "five" + 1 } // "died: $@";
    print eval { $undefined + 1 } // "died: $@";
    print eval { "a$undefined" } // "died: $@";
    { use warnings NONFATAL => 'numeric'; print eval { "six" + 1 } // "died: $@", "\n"; }
}
{
    use warnings FATAL => 'uninitialized';
    my $undefined;
    print eval { "seven" + 1 } // "died: $@", "\n";
    print eval { $undefined . "" } // "died: $@";
}
