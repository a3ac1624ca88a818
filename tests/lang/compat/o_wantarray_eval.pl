# Inside `eval` the context is that of the `eval`.
sub shown { defined $_[0] ? $_[0] ? "list" : "scalar" : "void" }
sub f { my @l = eval { shown(wantarray) } and my @m = eval { (wantarray) }; my $s = eval { shown(wantarray) }; "$l[0] $m[0] $s" }
print scalar(f()), "\n";
my @list = eval 'shown(wantarray)'; my $scalar = eval 'shown(wantarray)'; print "$list[0] $scalar\n";
eval 'print shown(wantarray), "\n"; 1';
sub last_of { eval 'wantarray' } my ($in_list) = last_of(); my $in_scalar = last_of();
print shown($in_list), " ", shown($in_scalar), "\n";
