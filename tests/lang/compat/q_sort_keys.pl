# the specification, section 7.4: comparators that compare the same of both elements
use strict; use warnings;
my @r = map { { n => $_ % 7, t => "k" . ($_ * 37 % 11), f => ($_ % 5) / 2, i => $_ } } 1 .. 200;
sub show { join(",", map { $_->{i} } @_) . "\n" }
print show(sort { $a->{n} <=> $b->{n} || $b->{t} cmp $a->{t} || $b->{f} <=> $a->{f} } @r);
print show(sort { $b->{f} <=> $a->{f} or $a->{t} cmp $b->{t} } @r);
print show(reverse sort { length($a->{t}) <=> length($b->{t}) || $a->{n} <=> $b->{n} } @r);
my %h = map { ("w$_" => $_ * 7919 % 101) } 1 .. 60;
print join(" ", sort { $h{$a} <=> $h{$b} || $a cmp $b } keys %h), "\n";
print join(" ", sort { $h{$b} <=> $h{$a} || lc($b) cmp lc($a) } keys %h), "\n";
my @m = ([3, "b"], [1, undef], [2, "a"], [1, "z"], [undef, "q"], [3, "a"]);
{ my @w; local $SIG{__WARN__} = sub { push @w, $_[0] };
print join(" ", map { $_->[1] // "-" } sort { ($a->[0] // 0) <=> ($b->[0] // 0) || ($a->[1] // "") cmp ($b->[1] // "") } @m), "\n";
my @s = sort { $a->[0] <=> $b->[0] } @m; print scalar(@s), " ", scalar(@w) > 0 ? "warned" : "silent", "\n"; print $w[0]; }
my @big = map { "x" x ($_ % 13) . "tail$_" } 1 .. 40;
print join(" ", sort { substr($a, 0, 3) cmp substr($b, 0, 3) || $a cmp $b } @big), "\n";
print join(" ", sort { "$a" cmp "$b" } 1 .. 30), "\n";
my @nan = (3, "nan" + 0, 1, 2); print scalar(@{[sort { $a + 0 <=> $b + 0 || 0 <=> 0 } @nan]}), "\n";
my @mixed = (10, "9", 2.5, "1e1", -1, "-0", 0, 9007199254740993, 9007199254740992, 3);
print join(" ", sort { $a + 0 <=> $b + 0 or $b <=> $a } @mixed), "\n";
my $r = eval { join " ", sort { $a->{x} <=> $b->{x} } {x=>1}, "str", {x=>2}, {x=>3}, {x=>0} }; print $@ =~ /^Can't use string \("str"\) as a HASH ref while "strict refs" in use at/ ? "died\n" : "not: $@\n";
