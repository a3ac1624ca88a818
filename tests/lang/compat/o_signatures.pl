# the specification, section 7.4: signatures
use strict; use warnings; use feature 'signatures'; no warnings;
sub area($w, $h = $w) { return $w * $h }
print area(3), area(3, 4), "\n";
sub greet($name = "World", %o) { return "Hello $name" . ($o{x} // '') . "\n" }
print greet(), greet("Bob", x => "!");
my $f = sub ($x) { $x * 2 };
print $f->(4), "\n";
sub vari($first, @rest) { return "$first: @rest\n" }
print vari(1, 2, 3), vari(1);
sub ign($a, $, $c = 5) { return $a + $c }
print ign(1, 2, 3), ign(1, 2), "\n";
eval { area() }; print $@;
eval { area(1, 2, 3) }; print $@;
eval { $f->() }; print $@;
eval { ign(1) }; print $@;
eval { greet("a", 1) }; print $@;
my sub private($n) { return $n + 1 }
print private(4), "\n";
