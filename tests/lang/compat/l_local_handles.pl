# 6 --compat: handles of `local` globs stay with the values that were made of them
my $name = "/tmp/corpus_local_handles.$$";
open my $out, '>', $name or die; print $out "one\ntwo\nthree\n"; close $out;
my $io; { local *P; open(P, '<', $name) or die; $io = *P{IO}; } print scalar(<$io>); print <$io>;
sub opened { local *F; open(F, '<', $name) or return; return *F } my $first = opened(); my $second = opened();
print scalar(<$first>), scalar(<$second>), scalar(<$first>);
sub copied { local *F; my $fh = *F; open($fh, '<', $name); return $fh } my $third = copied(); print scalar <$third>;
print defined(fileno(F)) ? "open\n" : "not open\n";
*A = *B; open(B, '<', $name); print scalar(<A>), scalar(<B>); close B; print defined(<A>) ? "line\n" : "no line\n";
my $std = *STDOUT{IO}; print $std "to io\n"; print {*STDOUT{IO}} "again\n";
my @l = (1, 2); splice @l; print scalar(@l), "\n";
unlink $name;
