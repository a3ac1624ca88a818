# 6 --compat: what the condition of a modifier declares is there behind the statement
sub f { return unless my @p = sort { $a cmp $b } @_; my $l = pop @p; return "$l/@p" } print f(3,1,2), "|", scalar(f()) // 'undef', "\n";
sub g { return unless my $x = shift; "x=$x" } print g(4), "\n";
sub h { return unless my ($x, $y) = @_; "x=$x y=$y" } print h(4, 5), "\n";
sub k { return "none" if !(my %h = @_); join ",", map {"$_$h{$_}"} sort keys %h } print k(a=>1), k(), "\n";
sub m1 { print "no\n" and return unless (my @q = @_) > 1; "q=@q" } print m1(1,2), "\n";
