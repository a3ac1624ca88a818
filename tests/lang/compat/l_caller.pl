# the specification, section 4.2: caller
package Other;
sub who { my @c = caller; "$c[0]:$c[2]" }
package main;
sub name { (caller(0))[3] }
sub outer { return name(), inner() }
sub inner { my @f; my $i = 0; while (my @c = caller($i++)) { push @f, "$c[3]\@$c[2]" } return @f }
print Other::who(), "\n";
print join(" ", outer()), "\n";
my $anon = sub { (caller(0))[3] };
print $anon->(), "\n";
eval { print((caller(0))[3], "\n") };
