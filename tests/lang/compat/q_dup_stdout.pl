# core Perl: standard output put aside and back
open(my $s, '>&', \*STDOUT); close STDOUT; open(STDOUT, '>', "zz.txt") or print $s "f1 $!\n"; print "to file\n"; close STDOUT; open(STDOUT, '>&', $s) or print $s "f2 $!\n"; print "back ", -s "zz.txt", "\n"; unlink "zz.txt";
