# An element that others refer to is another one for the time of a `local`.
our (%h, @a); %h = (k => 1); @a = (1, 2);
my ($entry, $element) = \($h{k}, $a[0]);
{ local $h{k} = 5; local $a[0] = 6; print "$$entry $h{k} $$element $a[0]\n"; $$entry = 7; }
print "$$entry $h{k} $$element $a[0]\n";
sub own { local $_[0] = "own"; "@_" }
my $x = "kept"; print own($x), " ", own("constant"), " $x\n";
