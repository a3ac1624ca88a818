# the specification, section 7.4: a recursive-descent reader and writer
use strict;
use warnings;
sub enc {
    my $d = shift;
    return 'null' unless defined $d;
    return '[' . join(',', map { enc($_) } @$d) . ']' if ref $d eq 'ARRAY';
    return '{' . join(',', map { "\"$_\":" . enc($d->{$_}) } sort keys %$d) . '}' if ref $d eq 'HASH';
    return $d if $d =~ /^-?\d+(\.\d+)?$/;
    $d =~ s/(["\\])/\\$1/g;
    return "\"$d\"";
}
sub dec {
    local $_ = shift;
    my $v = val(\$_);
    return $v;
}
sub val {
    my $r = shift;
    $$r =~ s/^\s+//;
    if ($$r =~ s/^\[//) { my @a; until ($$r =~ s/^\s*\]//) { push @a, val($r); $$r =~ s/^\s*,// } return \@a }
    if ($$r =~ s/^\{//) { my %h; until ($$r =~ s/^\s*\}//) { my $k = val($r); $$r =~ s/^\s*://; $h{$k} = val($r); $$r =~ s/^\s*,// } return \%h }
    return $1 if $$r =~ s/^"((?:[^"\\]|\\.)*)"//;
    return undef if $$r =~ s/^null//;
    return $1 if $$r =~ s/^(-?[\d.]+)//;
    die "bad at $$r";
}
my $t = '{"b":[1,2,{"c":null}],"a":"x y"}';
print enc(dec($t)), "\n";
print enc({ list => [1, 'two', [3]], q => 'say "hi"' }), "\n";
