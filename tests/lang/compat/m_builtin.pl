# the specification, section 7.4: a module that comes with perl, builtin
use strict; no warnings;
use builtin qw(true false is_bool blessed reftype ceil floor trim indexed weaken created_as_number created_as_string);
print true, '[', false, "]\n";
print is_bool(1 == 1) ? 1 : 0, is_bool(1) ? 1 : 0, is_bool('') ? 1 : 0, is_bool(!!0) ? 1 : 0, is_bool(false) ? 1 : 0, "\n";
print ceil(1.5), floor(-1.5), ceil(-0.5) == 0 ? 'z' : 'n', "\n";
print '<', trim("  a b\t\n"), '>', "\n";
my @all = indexed 'a', 'b', 'c'; print "@all\n";
print scalar(my $n = () = indexed(1, 2)), "\n";
foreach my ($i, $v) (indexed 'x', 'y') { print "$i=$v\n" }
my $object = bless [], 'Some'; print blessed($object), ' ', reftype($object), ' ', defined blessed([]) ? 1 : 0, "\n";
my $copy = { o => $object }; weaken($copy->{o}); print builtin::is_weak($copy->{o}) ? "weak\n" : "strong\n";
undef $object; print defined $copy->{o} ? "held\n" : "gone\n";
print join(',', map { created_as_number($_) ? 1 : 0 } 3, '3', 1.5, undef, !!1, []), "\n";
print join(',', map { created_as_string($_) ? 1 : 0 } 3, '3', 'x', undef, !!1, []), "\n";
print builtin::true, builtin::trim(' q '), builtin::reftype({}), "\n";
