# A name of one's own for a special variable, and those of English.
*PROCESS = *$; *SEPARATOR = *,; *SCRIPT = *0; *FAILURE = *@;
our ($PROCESS, $SEPARATOR, $SCRIPT, $FAILURE);
print $PROCESS == $$ ? "same\n" : "other\n";
{ local $SEPARATOR = "-"; print 1, 2, 3; }
print "\n", $SCRIPT eq $0 ? "same\n" : "other\n";
eval { die "gone\n" }; print $FAILURE;
package Elsewhere; *MINE = *;; our $MINE; print $MINE eq "\x1c" ? "same\n" : "other\n";
package main;
use English;
$OS_ERROR = 2; print "$ERRNO{ENOENT} $OS_ERROR{ENOENT}\n";
print "[$ACCUMULATOR] ${^TAINT} ${^UNICODE}\n";
print "the separator of records is [$\]\n";
