# What only a statement holds ends with it, and not before.
package Thing;
sub new { my ($class, $name) = @_; return bless {name => $name}, $class }
sub name { return $_[0]{name} }
sub DESTROY { print "gone $_[0]{name}\n" }
package main;
print "print ", Thing->new("one")->name, "\n";
my $text = Thing->new("two")->name . do { print "later\n"; "!" }; print "$text\n";
sub take { print "taken\n" }
take(Thing->new("three"));
if (Thing->new("four")->name) { print "inside\n" }
print "modified\n" if Thing->new("five")->name;
my %held = (k => Thing->new("six")); my $name = (delete $held{k})->name . (print("deleted\n") ? "" : ""); print "$name\n";
for my $round (1, 2) { Thing->new("round $round")->name; print "end of round\n" }
my $kept = Thing->new("eight"); undef $kept;
print "end\n";
