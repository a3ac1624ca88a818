# Everything that is a place can be changed by the function that is given it.
sub change { $_[0] = "new" }
change(my $declared); print "$declared\n";
my ($assigned, $added, $yes, $no) = (0, 1, 2, 3);
change($assigned = 5); print "$assigned\n";
change($added += 5); print "$added\n";
change(1 ? $yes : $no); print "$yes $no\n";
my $text = "abcdef"; change(substr($text, 1, 2)); print "$text\n";
my %h = (there => 1);
package Object { sub change { $_[1] = "by method" } sub look { defined $_[1] ? 1 : 0 } }
my $object = bless [], 'Object';
$object->change($h{there}); print "$h{there}\n";
my $name = 'change'; my @list = (1, 2); $object->$name($list[1]); print "@list\n";
print $object->look($h{absent}), exists $h{absent} ? 1 : 0, "\n";
$_ *= 2 for my @doubled = (1, 2, 3); print "@doubled\n";
my @mapped = map { s/a/o/; $_ } my @source = qw(cat hat); print "@mapped @source\n";
for (substr($text, 0, 1)) { $_ = "A" } print "$text\n";
for my $odd (grep { $_ % 2 } my @numbers = (1 .. 5)) { $odd = 0 }
my @numbers2 = (1 .. 5); for my $odd (grep { $_ % 2 } @numbers2) { $odd = 0 } print "@numbers2\n";
