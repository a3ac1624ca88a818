# the specification, section 7.4: a short program
my @log; sub risky { my $n = shift; die "neg\n" if $n < 0; sqrt $n } for my $v (4, -1) { my $r = eval { risky($v) }; push @log, defined $r ? $r : "err:$@" } chomp @log; print join("|", @log), "\n"; eval { eval { die "a\n" }; die "b:$@" }; print $@;
