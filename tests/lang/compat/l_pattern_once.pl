# 6 --compat: /o, a pattern that is put together once
for my $x ("a","b") { print "a" =~ /$x/o ? 1:0 } print "\n"; sub f { my $p = shift; my $n = 0; $n++ while "abab" =~ m/$p/go; $n } print f("a"), f("c"), "\n"; for my $x ("a","b") { (my $t = "ab") =~ s/$x/X/o; print $t } print "\n"; my @r; for my $x ("a", "b") { push @r, qr/$x/o } print "@r\n"; for my $x ("a","b") { print join("|", split /$x/o, "xaybz"), "\n" } for my $x (1,2) { "q$x" =~ /(\d)/; my @m = "aXbX2" =~ m/X # $1 stuff
/xgo; print scalar(@m), "\n" }
