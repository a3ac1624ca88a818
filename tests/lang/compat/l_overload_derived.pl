# the specification, section 7.4: operators made of others, nomethod, assignment variants, copies
use strict;
use warnings;
{
    package Counter;
    use overload
        '++' => sub { ${$_[0]}++; $_[0] },
        '--' => sub { ${$_[0]}--; $_[0] },
        '""' => sub { "c${$_[0]}" };
    sub new { my ($class, $n) = @_; bless \$n, $class }
}
my $one = Counter->new(3);
my $two = $one;
$two++;
print "$one $two\n";
my $old = $two++;
print "$old $two\n";
--$two;
print "$two\n";
{
    package Vector;
    use overload
        '+' => sub { Vector->new($_[0]{x} + (ref $_[1] ? $_[1]{x} : $_[1])) },
        '-' => sub { my ($a, $b, $swapped) = @_; my $d = $a->{x} - (ref $b ? $b->{x} : $b); Vector->new($swapped ? -$d : $d) },
        '+=' => sub { $_[0]{x} += ref $_[1] ? $_[1]{x} : $_[1]; $_[0]{changed}++; $_[0] },
        '<=>' => sub { my ($a, $b, $swapped) = @_; my $r = $a->{x} <=> (ref $b ? $b->{x} : $b); $swapped ? -$r : $r },
        '=' => sub { bless { %{$_[0]} }, 'Vector' },
        '""' => sub { "v$_[0]{x}" };
    sub new { bless { x => $_[1] }, $_[0] }
}
my $v = Vector->new(-4);
my $w = $v;
$w += 1;
print "$v $w ", $w->{changed} // 0, " ", $v->{changed} // 0, "\n";
$w -= 2;
print "$w\n";
$w++;
print "$w\n";
print -$v, " ", abs($v), "\n";
print $v < 0 ? "negative" : "positive", " ", $v == -4 ? "same" : "other", " ", 0 > $v ? "less" : "more", "\n";
print join(" ", sort { $a <=> $b } map { Vector->new($_) } 3, 1, 2), "\n";
{
    package Any;
    use overload 'nomethod' => sub { my ($a, $b, $swapped, $op) = @_; "any($op" . ($swapped ? " swapped)" : ")") };
}
my $any = bless [], 'Any';
print join(" ", $any + 1, 2 * $any, $any ** 2, $any == 1, $any lt "b", -$any, $any <=> 2, 7 % $any), "\n";
{
    package Query;
    use overload '==' => sub { "($_[0][0] = $_[1])" }, '<' => sub { "($_[0][0] < $_[1])" }, '!' => sub { "not $_[0][0]" }, '&' => sub { "$_[0][0] & $_[1]" };
}
my $query = bless ["age"], 'Query';
print $query == 3, " ", $query < 4, " ", !$query, " ", $query & 1, "\n";
{
    package Bits;
    use overload 'int' => sub { "int" }, 'sqrt' => sub { "root" }, 'log' => sub { "log" }, 'abs' => sub { "abs" }, '~' => sub { "flipped" }, 'neg' => sub { "neg" }, '<<' => sub { "left $_[1]" }, 'x' => sub { "times $_[1]" }, '.=' => sub { ${$_[0]} .= "+$_[1]"; $_[0] }, '""' => sub { ${$_[0]} };
}
my $bits = bless \(my $content = "b"), 'Bits';
print int $bits, " ", sqrt $bits, " ", log $bits, " ", abs $bits, " ", ~$bits, " ", -$bits, " ", $bits << 3, " ", $bits x 2, "\n";
$bits .= "more";
print "$bits\n";
