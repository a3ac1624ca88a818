# core Perl: sort by a named function
sub by { $a <=> $b } print join(" ", sort by 10,9,8,100), "\n"; my $s=sub { $b cmp $a }; print join(" ", sort $s qw(a c b)), "\n"; my $n="by"; print join(" ", sort $n 3,2,1),"\n";
