# the specification, section 7.4: comparators by name see the $a and $b of the package that sorts
package Foo;
sub by { $a <=> $b }
print join(",", sort by 3,1,2), "\n";
package main;
sub cmpf { $a <=> $b }
my $n = "cmpf";
sub Third::srt { join ",", sort $n 3,1,2 }
print Third::srt(), "\n";
sub By::len { length($a) <=> length($b) }
print join(",", sort By::len qw(ccc a bb)),"\n";
sub Third::x { join ",", sort By::len qw(ccc a bb) }
print Third::x(),"\n";
sub Third::y { join ",", reverse sort { cmpf() } 3, 1, 2 }
print Third::y(),"\n";
{ package Bar; sub d { $b <=> $a } sub go { join ",", sort d @_ } sub go2 { my $f = \&d; join ",", sort $f @_ } }
print Bar::go(1,3,2), Bar::go2(1,3,2), "\n";
