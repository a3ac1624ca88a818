# the specification, section 3.12: matching in a table
my @t = (
    ['abc', 'b'], ['abc', '^b'], ['abc', 'c$'], ["abc\n", 'c$'], ["abc\n", 'c\z'], ["a\nb", '^b'], ['aXb', 'a.b'], ['a1b22', '(\d+)$'],
    ['foo.bar', '(\w+)\.(\w+)'], ['aaa', 'a{2}'], ['aaa', '^a{4}'], ['ab', 'a|b'], ['color colour', 'colou?r$'], ['x=1;y=2', '(\w)=(\d);(\w)=(\d)'],
    ['hello', '(l+)'], ['hello', 'l{2,}o'], ['tel 555-1234', '(\d{3})-(\d{4})'], ['abcabc', '(abc)\1'], ['foobar', 'foo(?=bar)'], ['foobaz', 'foo(?!bar)'],
    ['barfoo', '(?<=bar)foo'], ['bazfoo', '(?<!bar)foo'], ['aaa', '^(a+?)'], ['"q"', '"([^"]*)"'], ['a b', 'a\sb'], ['a_b', '^\w+$'], ['tab	x', '\t'],
    ['ABC', '(?i)abc'], ['é', '^..$'], ['a.b', '^a\.b$'], ['[x]', '\[x\]'], ['1.5e3', '^[+-]?\d+(?:\.\d+)?(?:[eE]\d+)?$'], ['2024-02-30', '^(\d{4})-(\d\d)-(\d\d)$'],
    ['aab', '(?:a|ab)(?:c|b)'], ['xay', '[a-c]'], ['x-y', '[a\-]'], ['x]y', '[]]'], ['^', '[\^]'], ['word boundary', '\bb'], ['wordb', '\Bb'],
);
for my $t (@t) {
    my ($s, $re) = @$t;
    my @m = $s =~ /$re/;
    (my $shown = $s) =~ s/\n/\\n/g;
    print "$shown =~ $re: ", @m ? join('|', map { defined $_ ? $_ : 'undef' } @m) . " [$&]" : 'no', "\n";
}
