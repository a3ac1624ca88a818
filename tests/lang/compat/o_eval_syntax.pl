# What is wrong with a text, in Perl's words; no handler hears of it.
local $SIG{__DIE__} = sub { print "handler: $_[0]" };
for my $text ('my $x = ;', '1 +', 'if (1) { 2', "\n\n1 +") { eval $text; print $@ }
eval 'die "told\n"'; print $@;
