# the specification, section 7.4: what operators without a method become, by fallback
use strict;
use warnings;
{ package Unsaid; use overload '+' => sub { "plus" }, '""' => sub { "text" }; }
{ package Never; use overload '+' => sub { "plus" }, '""' => sub { "text" }, fallback => 0; }
{ package Always; use overload '+' => sub { "plus" }, '""' => sub { "7" }, fallback => 1; }
{ package Undefined; use overload '<=>' => sub { my ($a, $b, $swapped) = @_; my $order = $$a <=> (ref $b ? $$b : $b); $swapped ? -$order : $order }, '0+' => sub { ${$_[0]} }, fallback => undef; }
{ package Child; our @ISA = 'Always'; }
{ package Nothing; use overload '@{}' => sub { [1, 2] }; }
my $value = 5;
my %codes = (
    '$o + 1' => sub { $_[0] + 1 }, '1 + $o' => sub { 1 + $_[0] }, '$o - 1' => sub { $_[0] - 1 }, '2 - $o' => sub { 2 - $_[0] },
    '$o . "x"' => sub { $_[0] . "x" }, '"<$o>"' => sub { "<$_[0]>" }, '$o x 2' => sub { $_[0] x 2 },
    '$o == 5' => sub { $_[0] == 5 }, '$o < 9' => sub { $_[0] < 9 }, '$o eq "7"' => sub { $_[0] eq "7" },
    'lc $o' => sub { lc $_[0] }, '-$o' => sub { -$_[0] }, '!$o' => sub { !$_[0] }, 'bool' => sub { $_[0] ? "yes" : "no" },
    'abs $o' => sub { abs $_[0] }, 'sqrt $o' => sub { sqrt $_[0] }, '$o += 1' => sub { my $p = $_[0]; $p += 1; $p },
);
for my $class (qw(Unsaid Never Always Undefined Child Nothing)) {
    for my $name (sort keys %codes) {
        next if $class eq 'Nothing' && $name =~ /^2/;
        my $object = bless \(my $copy = $value), $class;
        my $result = eval { my $r = $codes{$name}->($object); defined $r ? "$r" : 'undef' };
        my $error = $@;
        $error =~ s/\n\t/ /g;
        $error =~ s/\n//;
        print "$class $name: ", defined $result ? $result : $error, "\n";
    }
}
