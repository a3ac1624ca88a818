#!/usr/bin/perl
# Answers rows of `table.txt` (standard input) as perl does: for each row `y`, `n`, `c` (does not
# compile) or `e` (dies while matching), a tab, and the value of the row's expression.
use strict;
use warnings;
no warnings;
use Encode ();
binmode STDIN;
binmode STDOUT;
$| = 1;
my %escape = (n => "\n", t => "\t", r => "\r", f => "\f", e => "\e", 0 => "\0", '\\' => '\\');

while (my $row = <STDIN>) {
    chomp $row;
    next if $row =~ /^(#|$)/;
    my ($pattern, $flags, $subject, undef, $expression) = split /\t/, $row, -1;
    $subject =~ s/\\(?:x([0-9a-f]{2})|(.))/defined $1 ? chr hex $1 : $escape{$2} \/\/ die "escape $2"/ge;
    my $utf8 = $flags =~ s/u//;
    ($pattern, $subject, $expression) = map { Encode::decode('UTF-8', $_) } $pattern, $subject, $expression if $utf8;
    my $letters = $flags . ($utf8 && $flags !~ /a/ ? 'u' : '');
    my $re = eval "qr/\$pattern/$letters";
    if (!defined $re) { print "c\t\n"; next }
    my ($matched, @start, @end, $last, $closed, %named);
    my $died = !eval {
        local $SIG{ALRM} = sub { die "slow" };
        alarm 10;
        $matched = $subject =~ $re;
        alarm 0;
        if ($matched) {
            (@start, @end) = ();
            @start = @-; @end = @+;
            $last = $+; $closed = $^N; %named = %+;
        }
        1;
    };
    if ($died) { print "e\t\n"; next }
    if (!$matched) { print "n\t\n"; next }
    my $group = sub { my $n = shift; defined $start[$n] && defined $end[$n] ? substr($subject, $start[$n], $end[$n] - $start[$n]) : '' };
    my $value = $expression;
    $value =~ s{\$(?:([&+`'])(?![\[\{])|\^N|(\d)|\{(\d+)\}|([-+])\[(\d+)\]|\+\{(\w+)\})}{
        my ($mark, $n, $m, $side, $i, $name) = ($1, $2, $3, $4, $5, $6);
        defined $mark ? ($mark eq '&' ? $group->(0) : $mark eq '+' ? $last : $mark eq '`' ? substr($subject, 0, $start[0]) : substr($subject, $end[0]))
            : defined $n ? $group->($n) : defined $m ? $group->($m)
            : defined $side ? ($side eq '-' ? $start[$i] : $end[$i])
            : defined $name ? $named{$name} : $closed
    }ge;
    $value =~ s/([\\\n\t\r\f\e\0])/{ my %back = reverse %escape; "\\$back{$1}" }/ge;
    $value = Encode::encode('UTF-8', $value) if $utf8;
    print "y\t$value\n";
}
