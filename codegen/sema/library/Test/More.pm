# Perl's Test::More.
package Test::More;
our @EXPORT = qw(ok use_ok require_ok is isnt like unlike is_deeply cmp_ok skip todo todo_skip pass fail eq_array eq_hash eq_set
    $TODO plan done_testing can_ok isa_ok new_ok diag note explain subtest BAIL_OUT);
our $TODO;
our ($count, $failed, $planned, $indent, $done, $skipped) = (0, 0, undef, '', 0, 0);
my $maker = $$;

sub _plan_of {
    my @given = @_;
    while (@given) {
        my $word = shift @given;
        if ($word eq 'tests') { $planned = shift @given; print "${indent}1..$planned\n" }
        elsif ($word eq 'skip_all') { my $why = shift @given; print "${indent}1..0 # SKIP" . (defined $why ? " $why" : '') . "\n"; $skipped = 1; exit 0 }
        elsif ($word eq 'no_plan') { $planned = -1 }
        elsif ($word eq 'import') { shift @given }
    }
    return 1;
}
sub plan { return _plan_of(@_) }
sub Configure { return _plan_of(@_) }

sub _where {
    my ($level, @at) = (1);
    while ((@at = caller $level++) && $at[0] eq 'Test::More') { }
    @at = caller($level - 2) unless @at;
    return @at[1, 2];
}
sub _report {
    my ($good, $name, @why) = @_;
    $count++;
    my $line = ($good ? 'ok' : 'not ok') . " $count";
    if (defined $name && length $name) { $name =~ s/#/\\#/g; $line .= " - $name" }
    $line .= " # TODO $TODO" if defined $TODO && length $TODO;
    print "$indent$line\n";
    if (!$good) {
        $failed++ unless defined $TODO && length $TODO;
        my ($file, $at) = _where();
        my $what = defined $name && length $name ? "  Failed test '$name'\n  at $file line $at." : "  Failed test at $file line $at.";
        diag($what);
        diag(@why) if @why;
    }
    return $good ? 1 : 0;
}
sub ok ($;$) { my ($good, $name) = @_; return _report($good, $name) }
sub pass { return _report(1, $_[0]) }
sub fail { return _report(0, $_[0]) }
sub _shown { my $x = shift; return defined $x ? "'$x'" : 'undef' }
sub is ($$;$) {
    my ($got, $want, $name) = @_;
    my $good = defined $got ? defined $want && "$got" eq "$want" : !defined $want;
    return _report($good, $name, $good ? () : ('         got: ' . _shown($got) . "\n    expected: " . _shown($want)));
}
sub isnt ($$;$) {
    my ($got, $want, $name) = @_;
    my $same = defined $got ? defined $want && "$got" eq "$want" : !defined $want;
    return _report(!$same, $name, $same ? ('         got: ' . _shown($got) . "\n    expected: anything else") : ());
}
sub like ($$;$) {
    my ($got, $pattern, $name) = @_;
    my $good = defined $got && $got =~ $pattern;
    return _report($good, $name, $good ? () : ('                  ' . _shown($got) . "\n    doesn't match '$pattern'"));
}
sub unlike ($$;$) {
    my ($got, $pattern, $name) = @_;
    my $good = !defined $got || $got !~ $pattern;
    return _report($good, $name, $good ? () : ('                  ' . _shown($got) . "\n          matches '$pattern'"));
}
sub cmp_ok ($$$;$) {
    my ($got, $op, $want, $name) = @_;
    my $good = $op eq '==' ? $got == $want : $op eq '!=' ? $got != $want : $op eq '<' ? $got < $want : $op eq '<=' ? $got <= $want
        : $op eq '>' ? $got > $want : $op eq '>=' ? $got >= $want : $op eq 'eq' ? $got eq $want : $op eq 'ne' ? $got ne $want
        : $op eq 'lt' ? $got lt $want : $op eq 'gt' ? $got gt $want : $op eq 'le' ? $got le $want : $op eq 'ge' ? $got ge $want
        : $op eq '=~' ? $got =~ $want : $op eq '&&' || $op eq 'and' ? $got && $want : $op eq '||' || $op eq 'or' ? $got || $want : die "cmp_ok: unknown operator $op";
    return _report($good, $name, $good ? () : ('    ' . _shown($got) . "\n        $op\n    " . _shown($want)));
}
sub _same {
    my ($one, $two) = @_;
    return defined $one ? 0 : !defined $two unless defined $one && defined $two;
    if (!ref $one || !ref $two) { return !ref $one && !ref $two ? $one eq $two : "$one" eq "$two" && (ref $one ? CORE::__overload($one) : CORE::__overload($two)) }
    return 1 if CORE::__refaddr($one) == CORE::__refaddr($two);
    my ($first, $second) = (CORE::__reftype($one), CORE::__reftype($two));
    return 0 unless $first eq $second;
    if ($first eq 'ARRAY') {
        return 0 unless @$one == @$two;
        for (0 .. $#$one) { return 0 unless _same($one->[$_], $two->[$_]) }
        return 1;
    }
    if ($first eq 'HASH') {
        return 0 unless keys %$one == keys %$two;
        for (keys %$one) { return 0 unless exists $two->{$_} && _same($one->{$_}, $two->{$_}) }
        return 1;
    }
    return _same($$one, $$two) if $first eq 'SCALAR' || $first eq 'REF';
    return "$one" eq "$two";
}
sub is_deeply {
    my ($got, $want, $name) = @_;
    my $good = _same($got, $want);
    return _report($good, $name, $good ? () : ('    Structures begin differing'));
}
sub eq_array { return _same(@_) ? 1 : 0 }
sub eq_hash { return _same(@_) ? 1 : 0 }
sub eq_set { return _same([sort @{$_[0]}], [sort @{$_[1]}]) ? 1 : 0 }
sub can_ok ($@) {
    my ($thing, @methods) = @_;
    my $class = ref $thing || $thing;
    my @missing = grep { !$thing->can($_) } @methods;
    return _report(!@missing, @methods == 1 ? "$class->can('$methods[0]')" : "$class->can(...)", map { "    $class->can('$_') failed" } @missing);
}
sub isa_ok ($;$$) {
    my ($thing, $class, $name) = @_;
    my $what = defined $name ? $name : ref $thing ? CORE::__blessed($thing) ? "An object of class '" . ref($thing) . "'" : "A reference of type '" . ref($thing) . "'" : defined $thing ? "The class (or class-like) '$thing'" : 'undef';
    my $good = defined $thing && (CORE::__blessed($thing) || !ref $thing ? $thing->isa($class) : CORE::__reftype($thing) eq $class);
    return _report($good, "$what isa '$class'");
}
sub new_ok { my ($class, $args) = @_; my $made = $class->new(@{$args || []}); isa_ok($made, $class); return $made }
sub use_ok { return _report(1, "use $_[0];") }
sub require_ok { return _report(1, "require $_[0];") }
sub diag { my $text = join '', map { defined $_ ? $_ : 'undef' } @_; $text =~ s/\n\z//; $text =~ s/^/$indent# /gm; print STDERR "$text\n"; return '' }
sub note { my $text = join '', map { defined $_ ? $_ : 'undef' } @_; $text =~ s/\n\z//; $text =~ s/^/$indent# /gm; print "$text\n"; return '' }
sub explain { return map { ref $_ ? do { require Data::Dumper; local $Data::Dumper::Indent = 1; local $Data::Dumper::Sortkeys = 1; local $Data::Dumper::Terse = 1; Data::Dumper::Dumper($_) } : $_ } @_ }
sub skip { my ($why, $n) = @_; $n = 1 unless defined $n; for (1 .. $n) { $count++; print "${indent}ok $count # skip $why\n" } last SKIP }
sub todo_skip { my ($why, $n) = @_; for (1 .. $n || 1) { $count++; print "${indent}not ok $count # TODO & SKIP $why\n" } last TODO }
sub BAIL_OUT { print "Bail out!  $_[0]\n"; exit 255 }
sub done_testing {
    my $n = @_ ? $_[0] : $count;
    print "${indent}1..$n\n" unless defined $planned && $planned >= 0;
    $planned = $n;
    $done = 1;
    return 1;
}
sub subtest {
    my ($name, $code, @args) = @_;
    print "$indent# Subtest: $name\n";
    my $good;
    {
        local ($count, $failed, $planned, $done) = (0, 0, undef, 0);
        local $indent = "$indent    ";
        $code->(@args);
        print "${indent}1..$count\n" unless defined $planned && $planned >= 0 || $done;
        $good = !$failed && $count && (!defined $planned || $planned < 0 || $planned == $count);
    }
    return _report($good, $name);
}
END {
    if ($$ == $maker && !$skipped && ($count || defined $planned)) {
        if (defined $planned && $planned < 0) { print "1..$count\n"; $planned = $count }
        if (defined $planned && $planned != $count) { my $s = $planned == 1 ? '' : 's'; diag("Looks like you planned $planned test$s but ran $count.") }
        if ($failed) { my $s = $failed == 1 ? '' : 's'; diag("Looks like you failed $failed test$s of $count.") }
        if (!defined $planned) { diag("Tests were run but no plan was declared and done_testing() was not seen.") }
        if (!$?) { $? = $failed ? ($failed > 254 ? 254 : $failed) : !defined $planned ? 254 : $planned != $count ? 255 : 0 }
    }
}
1;
