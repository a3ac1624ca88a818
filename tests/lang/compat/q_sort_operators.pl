# the specification, section 7.4: keys of comparators that are objects with operators
use strict; use warnings;
# Keys that are objects with operators of their own.
package Weight {
    use overload "<=>" => sub { my ($x, $y, $swapped) = @_; my $o = $x->{w} <=> (ref $y ? $y->{w} : $y); $swapped ? -$o : $o },
        "cmp" => sub { my ($x, $y) = @_; $Weight::asked++; "$x->{w}" cmp "$y->{w}" };
    our $asked = 0;
}
my @w = map { { k => bless({ w => $_ }, "Weight"), t => $_ % 3 } } 9, 4, 10, 1, 7;
print join(" ", map { $_->{k}{w} } sort { $a->{t} <=> $b->{t} || $a->{k} <=> $b->{k} } @w), "\n";
print join(" ", map { $_->{k}{w} } sort { $a->{k} cmp $b->{k} } @w), " ", $Weight::asked > 0 ? "asked" : "not asked", "\n";
