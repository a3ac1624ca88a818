# Variables of the environment as variables.
BEGIN { $ENV{LIST} = "a:b"; $ENV{ONE} = "1" }
use Env qw(ONE $TWO @LIST);
print "$ONE @LIST\n";
$TWO = 2; push @LIST, "c"; print "$ENV{TWO} $ENV{LIST}\n";
print `echo \$TWO \$LIST`;
print shift @LIST, " ", pop @LIST, " $ENV{LIST} $#LIST\n";
undef $TWO; print exists $ENV{TWO} ? "there\n" : "gone\n";
