# The arrays and hashes of English.
use strict;
use warnings;
use English;

if ('key=value' =~ /(?<name>\w+)=(?<rest>\w+)/) {
    print "@LAST_MATCH_START | @LAST_MATCH_END\n";
    print "$LAST_MATCH_START[1] $LAST_MATCH_END[2]\n";
    print join(',', map { "$_=$LAST_PAREN_MATCH{$_}" } sort keys %LAST_PAREN_MATCH), "\n";
}
sub arguments { return "@ARG $ARG[0]" }
print arguments(1, 2), "\n";
print "$SYSTEM_FD_MAX $OLD_PERL_VERSION\n";
