# the specification, section 3.13: select and in-memory handles
my $buf = '';
open my $m, '>', \$buf or die;
my $old = select $m;
print "captured";
$| = 1;
select $old;
print "$old [$buf]\n";
close $m;
printf STDOUT ("%s-%s\n", "a", "b");
print STDOUT "x", "y", "\n";
print(STDOUT "z\n");
