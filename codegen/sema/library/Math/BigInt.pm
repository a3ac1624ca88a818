# Perl's Math::BigInt: digits in groups of seven, the last first.
package Math::BigInt;
use overload
    '+' => sub { return $_[0]->copy->badd($_[1]) },
    '-' => sub { my $r = $_[0]->copy->bsub($_[1]); return $_[2] ? $r->bneg : $r },
    '*' => sub { return $_[0]->copy->bmul($_[1]) },
    '/' => sub { return $_[2] ? ref($_[0])->new($_[1])->bdiv_s($_[0]) : $_[0]->copy->bdiv_s($_[1]) },
    '%' => sub { return $_[2] ? ref($_[0])->new($_[1])->bmod($_[0]) : $_[0]->copy->bmod($_[1]) },
    '**' => sub { return $_[2] ? ref($_[0])->new($_[1])->bpow($_[0]) : $_[0]->copy->bpow($_[1]) },
    '<<' => sub { return $_[2] ? ref($_[0])->new($_[1])->blsft($_[0]) : $_[0]->copy->blsft($_[1]) },
    '>>' => sub { return $_[2] ? ref($_[0])->new($_[1])->brsft($_[0]) : $_[0]->copy->brsft($_[1]) },
    '&' => sub { return $_[0]->copy->band($_[1]) },
    '|' => sub { return $_[0]->copy->bior($_[1]) },
    '^' => sub { return $_[0]->copy->bxor($_[1]) },
    '<=>' => sub { my $r = $_[0]->bcmp($_[1]); return $_[2] && defined $r ? -$r : $r },
    '==' => sub { my $r = $_[0]->bcmp($_[1]); return defined $r && $r == 0 },
    '!=' => sub { my $r = $_[0]->bcmp($_[1]); return !defined $r || $r != 0 },
    'cmp' => sub { my $r = "$_[0]" cmp "$_[1]"; return $_[2] ? -$r : $r },
    'neg' => sub { return $_[0]->copy->bneg },
    'abs' => sub { return $_[0]->copy->babs },
    'int' => sub { return $_[0]->copy },
    'sqrt' => sub { return $_[0]->copy->bsqrt },
    '++' => sub { return $_[0]->binc },
    '--' => sub { return $_[0]->bdec },
    'bool' => sub { return !$_[0]->is_zero },
    '""' => sub { return $_[0]->bstr },
    '0+' => sub { return $_[0]->numify },
    '=' => sub { return $_[0]->copy };
my $base = 10000000;

# A text as sign and digits, or nothing.
sub _scan {
    my $text = shift;
    $text =~ s/^\s+|\s+$//g;
    $text =~ tr/_//d;
    return ('+', _from_base(lc $1, 16)) if $text =~ /^\+?0x([0-9a-f]+)$/i;
    return ('-', _from_base(lc $1, 16)) if $text =~ /^-0x([0-9a-f]+)$/i;
    return ('+', _from_base($1, 2)) if $text =~ /^\+?0b([01]+)$/i;
    return unless $text =~ /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/ && length($2 . ($3 // ''));
    my ($sign, $whole, $part, $e) = ($1 || '+', $2, $3 // '', $4 // 0);
    if ($e >= 0) {
        $part .= '0' x ($e - length $part) if length $part < $e;
        $whole .= substr $part, 0, $e;
        $part = substr $part, $e;
    } else {
        my $n = -$e;
        $whole = '0' x ($n - length($whole)) . $whole if length $whole < $n;
        $part = substr($whole, length($whole) - $n) . $part;
        $whole = substr $whole, 0, length($whole) - $n;
    }
    return ('nan', [0]) if $part =~ /[1-9]/;
    return ($sign, _digits($whole));
}
sub _digits {
    my $text = shift;
    $text =~ s/^0+//;
    return [0] unless length $text;
    my @out;
    while (length $text > 7) { push @out, 0 + substr $text, -7; $text = substr $text, 0, length($text) - 7 }
    push @out, 0 + $text;
    return \@out;
}
sub _from_base {
    my ($text, $by) = @_;
    my $sum = [0];
    for my $char (split //, $text) { $sum = _add(_mul($sum, [$by]), [hex $char]) }
    return $sum;
}
sub _text { my $d = shift; return join '', $d->[-1], map { sprintf '%07d', $d->[$_] } reverse 0 .. $#$d - 1 }
sub _trim { my $d = shift; pop @$d while @$d > 1 && $d->[-1] == 0; return $d }
sub _cmp {
    my ($one, $two) = @_;
    return @$one <=> @$two if @$one != @$two;
    for my $i (reverse 0 .. $#$one) { return $one->[$i] <=> $two->[$i] if $one->[$i] != $two->[$i] }
    return 0;
}
sub _add {
    my ($one, $two) = @_;
    my (@out, $carry);
    $carry = 0;
    for my $i (0 .. ($#$one > $#$two ? $#$one : $#$two)) {
        my $sum = ($one->[$i] // 0) + ($two->[$i] // 0) + $carry;
        $carry = $sum >= $base ? 1 : 0;
        push @out, $carry ? $sum - $base : $sum;
    }
    push @out, 1 if $carry;
    return \@out;
}
sub _sub {
    my ($one, $two) = @_;
    my (@out, $borrow);
    $borrow = 0;
    for my $i (0 .. $#$one) {
        my $rest = $one->[$i] - ($two->[$i] // 0) - $borrow;
        $borrow = $rest < 0 ? 1 : 0;
        push @out, $borrow ? $rest + $base : $rest;
    }
    return _trim(\@out);
}
sub _mul {
    my ($one, $two) = @_;
    my @out = (0) x (@$one + @$two);
    for my $i (0 .. $#$one) {
        my ($carry, $by) = (0, $one->[$i]);
        next unless $by;
        for my $j (0 .. $#$two) {
            my $sum = $out[$i + $j] + $by * $two->[$j] + $carry;
            $carry = int($sum / $base);
            $out[$i + $j] = $sum - $carry * $base;
        }
        $out[$i + @$two] += $carry;
    }
    return _trim(\@out);
}
sub _div_small {
    my ($one, $by) = @_;
    my ($rest, @out) = (0);
    for my $i (reverse 0 .. $#$one) {
        my $part = $rest * $base + $one->[$i];
        $out[$i] = int($part / $by);
        $rest = $part - $out[$i] * $by;
    }
    return (_trim(\@out), [$rest]);
}
sub _div {
    my ($one, $two) = @_;
    return ([0], [@$one]) if _cmp($one, $two) < 0;
    return _div_small($one, $two->[0]) if @$two == 1;
    # Each group of the quotient is guessed from the leading groups and put right.
    my $scale = int($base / ($two->[-1] + 1));
    my ($left, $by) = (_mul($one, [$scale]), _mul($two, [$scale]));
    my $n = @$by;
    push @$left, 0 while @$left <= @$one;
    my @out;
    for my $at (reverse 0 .. @$left - $n - 1) {
        my $guess = int(($left->[$at + $n] * $base + $left->[$at + $n - 1]) / $by->[-1]);
        $guess = $base - 1 if $guess >= $base;
        while ($guess * $by->[-2] > ($left->[$at + $n] * $base + $left->[$at + $n - 1] - $guess * $by->[-1]) * $base + $left->[$at + $n - 2]) { $guess-- }
        my ($borrow, $carry) = (0, 0);
        for my $i (0 .. $n - 1) {
            my $part = $guess * $by->[$i] + $carry;
            $carry = int($part / $base);
            my $rest = $left->[$at + $i] - ($part - $carry * $base) - $borrow;
            $borrow = $rest < 0 ? 1 : 0;
            $left->[$at + $i] = $borrow ? $rest + $base : $rest;
        }
        $left->[$at + $n] -= $carry + $borrow;
        if ($left->[$at + $n] < 0) {
            $guess--;
            my $over = 0;
            for my $i (0 .. $n - 1) {
                my $sum = $left->[$at + $i] + $by->[$i] + $over;
                $over = $sum >= $base ? 1 : 0;
                $left->[$at + $i] = $over ? $sum - $base : $sum;
            }
            $left->[$at + $n] += $over;
        }
        $out[$at] = $guess;
    }
    my ($rest) = _div_small(_trim($left), $scale);
    return (_trim(\@out), $rest);
}

sub new {
    my ($class, $value) = @_;
    $class = ref $class || $class;
    return bless {sign => '+', d => [0]}, $class unless defined $value;
    return $value->copy if ref $value && ref $value eq $class;
    my $text = "$value";
    return bless {sign => $1 eq '-' ? '-inf' : '+inf', d => [0]}, $class if $text =~ /^([-+]?)inf(?:inity)?$/i;
    my ($sign, $digits) = _scan($text);
    return bless {sign => 'NaN', d => [0]}, $class if !defined $sign || $sign eq 'nan';
    $sign = '+' if @$digits == 1 && $digits->[0] == 0;
    return bless {sign => $sign, d => $digits}, $class;
}
sub from_hex { my ($class, $t) = @_; $t =~ s/^0x//i; return $class->new("0x$t") }
sub from_bin { my ($class, $t) = @_; $t =~ s/^0b//i; return $class->new("0b$t") }
sub from_oct { my ($class, $t) = @_; my $made = $class->new(0); $made->{d} = _from_base($t, 8); return $made }
sub bzero { my $s = shift; return ref $s ? $s->_set('+', [0]) : $s->new(0) }
sub bone { my ($s, $sign) = @_; $sign = defined $sign && $sign eq '-' ? '-' : '+'; return ref $s ? $s->_set($sign, [1]) : $s->new("${sign}1") }
sub bnan { my $s = shift; return ref $s ? $s->_set('NaN', [0]) : $s->new('NaN') }
sub binf { my ($s, $sign) = @_; $sign = defined $sign && $sign eq '-' ? '-inf' : '+inf'; return ref $s ? $s->_set($sign, [0]) : $s->new($sign) }
sub copy { my $s = shift; return bless {sign => $s->{sign}, d => [@{$s->{d}}]}, ref $s }
sub _set { my ($s, $sign, $d) = @_; $s->{sign} = @$d == 1 && $d->[0] == 0 && $sign eq '-' ? '+' : $sign; $s->{d} = $d; return $s }
sub _other { my ($s, $x) = @_; return ref $x && CORE::__blessed($x) && exists $x->{d} ? $x : Math::BigInt->new($x) }
sub _odd_one { my ($s, $x) = @_; return $s->{sign} !~ /^[-+]$/ || $x->{sign} !~ /^[-+]$/ }
sub sign { return $_[0]{sign} }
sub is_zero { my $s = shift; return $s->{sign} eq '+' && @{$s->{d}} == 1 && $s->{d}[0] == 0 ? 1 : 0 }
sub is_one { my ($s, $sign) = @_; return $s->{sign} eq ($sign || '+') && @{$s->{d}} == 1 && $s->{d}[0] == 1 ? 1 : 0 }
sub is_odd { return $_[0]{d}[0] % 2 && $_[0]{sign} =~ /^[-+]$/ ? 1 : 0 }
sub is_even { return $_[0]{d}[0] % 2 == 0 && $_[0]{sign} =~ /^[-+]$/ ? 1 : 0 }
sub is_neg { return $_[0]{sign} =~ /^-/ ? 1 : 0 }
sub is_negative { return $_[0]{sign} =~ /^-/ ? 1 : 0 }
sub is_pos { return $_[0]{sign} =~ /^\+/ && !$_[0]->is_zero ? 1 : 0 }
sub is_positive { return $_[0]->is_pos }
sub is_nan { return $_[0]{sign} eq 'NaN' ? 1 : 0 }
sub is_inf { return $_[0]{sign} =~ /inf/ ? 1 : 0 }
sub is_int { return $_[0]{sign} =~ /^[-+]$/ ? 1 : 0 }
sub bstr {
    my $s = shift;
    return $s->{sign} eq 'NaN' ? 'NaN' : $s->{sign} eq '+inf' ? 'inf' : '-inf' if $s->{sign} !~ /^[-+]$/;
    return ($s->{sign} eq '-' ? '-' : '') . _text($s->{d});
}
sub bdstr { return $_[0]->bstr }
sub numify { return 0 + $_[0]->bstr }
sub bsstr { my $t = $_[0]->bstr; return $t =~ /^(-?\d*?[1-9])(0*)$/ ? $1 . 'e+' . length $2 : "${t}e+0" }
sub length { my $n = CORE::length(_text($_[0]{d})); return wantarray ? ($n, 0) : $n }
sub digits { return CORE::length(_text($_[0]{d})) }
sub bneg { my $s = shift; return $s->is_zero ? $s : $s->_set($s->{sign} =~ /^-(.*)/ ? "+$1" : $s->{sign} =~ /^\+(.*)/ ? "-$1" : 'NaN', $s->{d}) }
sub babs { my $s = shift; $s->{sign} =~ s/^-/+/; return $s }
sub bsgn { my $s = shift; return $s->is_zero ? $s : $s->_set($s->{sign}, [1]) }
sub bcmp {
    my ($s, $x) = @_;
    $x = $s->_other($x);
    return undef if $s->is_nan || $x->is_nan;
    if ($s->_odd_one($x)) {
        my ($one, $two) = map { $_->{sign} eq '+inf' ? 1 : $_->{sign} eq '-inf' ? -1 : 0 } $s, $x;
        return $one <=> $two;
    }
    return $s->{sign} eq '-' ? -1 : 1 if $s->{sign} ne $x->{sign};
    my $order = _cmp($s->{d}, $x->{d});
    return $s->{sign} eq '-' ? -$order : $order;
}
sub bacmp { my ($s, $x) = @_; return _cmp($s->{d}, $s->_other($x)->{d}) }
sub beq { my ($s, $x) = @_; return $s->bcmp($x) == 0 }
sub bne { my ($s, $x) = @_; return $s->bcmp($x) != 0 }
sub blt { my ($s, $x) = @_; return $s->bcmp($x) < 0 }
sub ble { my ($s, $x) = @_; return $s->bcmp($x) <= 0 }
sub bgt { my ($s, $x) = @_; return $s->bcmp($x) > 0 }
sub bge { my ($s, $x) = @_; return $s->bcmp($x) >= 0 }
sub badd {
    my ($s, $x) = @_;
    $x = $s->_other($x);
    if ($s->_odd_one($x)) {
        return $s->bnan if $s->is_nan || $x->is_nan || $s->is_inf && $x->is_inf && $s->{sign} ne $x->{sign};
        return $s->_set($s->is_inf ? $s->{sign} : $x->{sign}, [0]);
    }
    return $s->_set($s->{sign}, _add($s->{d}, $x->{d})) if $s->{sign} eq $x->{sign};
    my $order = _cmp($s->{d}, $x->{d});
    return $order >= 0 ? $s->_set($order ? $s->{sign} : '+', _sub($s->{d}, $x->{d})) : $s->_set($x->{sign}, _sub($x->{d}, $s->{d}));
}
sub bsub { my ($s, $x) = @_; return $s->badd($s->_other($x)->copy->bneg) }
sub bmul {
    my ($s, $x) = @_;
    $x = $s->_other($x);
    if ($s->_odd_one($x)) {
        return $s->bnan if $s->is_nan || $x->is_nan || $s->is_zero || $x->is_zero;
        return $s->_set($s->is_neg == $x->is_neg ? '+inf' : '-inf', [0]);
    }
    return $s->_set($s->{sign} eq $x->{sign} ? '+' : '-', _mul($s->{d}, $x->{d}));
}
sub bmuladd { my ($s, $x, $y) = @_; return $s->bmul($x)->badd($y) }
sub binc { return $_[0]->badd(1) }
sub bdec { return $_[0]->bsub(1) }

# Quotient and rest, rounded down as Perl's `%` does.
sub _split {
    my ($s, $x) = @_;
    my ($q, $r) = _div($s->{d}, $x->{d});
    my $class = ref $s;
    my $quotient = bless({sign => '+', d => [0]}, $class)->_set($s->{sign} eq $x->{sign} ? '+' : '-', $q);
    my $rest = bless({sign => '+', d => [0]}, $class)->_set($s->{sign}, $r);
    if (!$rest->is_zero && $s->{sign} ne $x->{sign}) { $quotient->bsub(1); $rest->badd($x) }
    return ($quotient, $rest);
}
sub _by_zero { my ($s, $x) = @_; return $x->is_zero || $s->_odd_one($x) }
sub bdiv {
    my ($s, $x) = @_;
    $x = $s->_other($x);
    if ($s->_by_zero($x)) {
        my $rest = $s->copy;
        $s->is_nan || $x->is_nan || $s->is_zero && $x->is_zero ? $s->bnan : $x->is_inf ? ($s->is_inf ? $s->bnan : $s->bzero) : $s->_set($s->is_neg ? '-inf' : '+inf', [0]);
        return wantarray ? ($s, $rest) : $s;
    }
    my ($q, $r) = $s->_split($x);
    @$s{qw(sign d)} = @$q{qw(sign d)};
    return wantarray ? ($s, $r) : $s;
}
sub bdiv_s { my ($s, $x) = @_; my $q = $s->bdiv($x); return $q }
sub btdiv { my ($s, $x) = @_; $x = $s->_other($x); my ($q, $r) = _div($s->{d}, $x->{d}); return $s->_set($s->{sign} eq $x->{sign} ? '+' : '-', $q) }
sub bmod {
    my ($s, $x) = @_;
    $x = $s->_other($x);
    return $s if $x->is_zero;
    return $s->bnan if $s->_odd_one($x);
    my ($q, $r) = $s->_split($x);
    @$s{qw(sign d)} = @$r{qw(sign d)};
    return $s;
}
sub bpow {
    my ($s, $x) = @_;
    $x = $s->_other($x);
    return $s->bnan if $s->_odd_one($x);
    if ($x->is_neg) {
        return $s if $s->is_one;
        return $s->is_zero ? $s->binf : $s->is_one('-') ? ($x->is_odd ? $s : $s->bone) : $s->is_neg && $x->is_odd ? $s->_set('-', [1]) : $s->bzero;
    }
    my ($sign, $result, $square, $n) = ($s->{sign} eq '-' && $x->is_odd ? '-' : '+', [1], $s->{d}, $x->numify);
    while ($n > 0) {
        $result = _mul($result, $square) if $n % 2;
        $n = int($n / 2);
        $square = _mul($square, $square) if $n;
    }
    return $s->_set($sign, $result);
}
sub bmodpow {
    my ($s, $e, $m) = @_;
    ($e, $m) = ($s->_other($e)->copy, $s->_other($m));
    my ($result, $square) = (Math::BigInt->new(1), $s->copy->bmod($m));
    while (!$e->is_zero) {
        $result->bmul($square)->bmod($m) if $e->is_odd;
        ($e->{d}) = _div_small($e->{d}, 2);
        $square->bmul($square->copy)->bmod($m);
    }
    $result->bmod($m);
    @$s{qw(sign d)} = @$result{qw(sign d)};
    return $s;
}
sub bmodinv {
    my ($s, $m) = @_;
    $m = $s->_other($m);
    my ($a, $b, $x, $y) = ($s->copy->bmod($m), $m->copy, Math::BigInt->new(1), Math::BigInt->new(0));
    while (!$b->is_zero) {
        my ($q, $r) = $a->copy->bdiv($b);
        ($a, $b) = ($b, $r);
        ($x, $y) = ($y, $x - $q * $y);
    }
    return $s->bnan unless $a->is_one;
    $x->bmod($m);
    @$s{qw(sign d)} = @$x{qw(sign d)};
    return $s;
}
sub bgcd {
    my @all = map { ref $_ && CORE::__blessed($_) ? $_->copy : Math::BigInt->new($_) } grep { defined && (ref $_ || $_ ne 'Math::BigInt') } @_;
    my $g = shift(@all)->babs;
    for my $x (@all) { my $y = $x->babs; while (!$y->is_zero) { ($g, $y) = ($y, $g->copy->bmod($y)) } }
    return $g;
}
sub blcm {
    my @all = map { ref $_ && CORE::__blessed($_) ? $_->copy : Math::BigInt->new($_) } grep { defined && (ref $_ || $_ ne 'Math::BigInt') } @_;
    my $l = shift(@all)->babs;
    for my $x (@all) { my $g = bgcd($l, $x); return $g->bzero if $g->is_zero; $l = ($l / $g) * $x->copy->babs }
    return $l;
}
sub bfac {
    my $s = shift;
    my $n = $s->numify;
    my $result = [1];
    $result = _mul($result, [$_]) for 2 .. $n;
    return $s->_set('+', $result);
}
sub bsqrt {
    my $s = shift;
    return $s->bnan if $s->is_neg || $s->is_nan;
    return $s if $s->is_zero;
    my $text = _text($s->{d});
    my $guess = Math::BigInt->new('1' . '0' x int((CORE::length($text) + 1) / 2));
    while (1) {
        my $next = ($guess + $s->copy->btdiv($guess))->btdiv(2);
        last if $next->bcmp($guess) >= 0;
        $guess = $next;
    }
    return $s->_set('+', $guess->{d});
}
sub broot {
    my ($s, $n) = @_;
    my ($low, $high) = (Math::BigInt->new(0), Math::BigInt->new('1' . '0' x (int($s->length / $n) + 1)));
    while ($low->bcmp($high) < 0) {
        my $middle = ($low + $high + 1)->btdiv(2);
        if ($middle->copy->bpow($n)->bcmp($s) <= 0) { $low = $middle } else { $high = $middle - 1 }
    }
    return $s->_set('+', $low->{d});
}
sub blog { my ($s, $by) = @_; my $n = 0; if (!defined $by) { return $s->_set('+', [int(log($s->numify))]) } my $at = Math::BigInt->new(1); while (($at * $by)->bcmp($s) <= 0) { $at = $at * $by; $n++ } return $s->_set('+', [$n]) }
sub bnok { my ($s, $k) = @_; $k = $s->_other($k)->numify; my $n = $s->copy; my $r = Math::BigInt->new(1); for my $i (1 .. $k) { $r->bmul($n - $k + $i); $r->btdiv($i) } return $s->_set('+', $r->{d}) }
sub blsft { my ($s, $n, $by) = @_; return $s->bmul(Math::BigInt->new(defined $by ? $by : 2)->bpow($n)) }
sub brsft { my ($s, $n, $by) = @_; $s->bdiv(Math::BigInt->new(defined $by ? $by : 2)->bpow($n)); return $s }
sub _bits { my $s = shift; my ($d, $out) = ($s->{d}, ''); while (@$d > 1 || $d->[0]) { my ($q, $r) = _div_small($d, 1048576); $out = sprintf('%020b', $r->[0]) . $out; $d = $q } return $out }
sub _bitwise {
    my ($s, $x, $how) = @_;
    my ($one, $two) = ($s->_bits, $s->_other($x)->_bits);
    my $n = CORE::length($one) > CORE::length($two) ? CORE::length($one) : CORE::length($two);
    ($one, $two) = map { '0' x ($n - CORE::length $_) . $_ } $one, $two;
    my $bits = join '', map { $how->(substr($one, $_, 1), substr($two, $_, 1)) } 0 .. $n - 1;
    return $s->_set('+', _from_base(CORE::length $bits ? $bits : '0', 2));
}
sub band { return $_[0]->_bitwise($_[1], sub { $_[0] & $_[1] }) }
sub bior { return $_[0]->_bitwise($_[1], sub { $_[0] | $_[1] }) }
sub bxor { return $_[0]->_bitwise($_[1], sub { $_[0] ne $_[1] ? 1 : 0 }) }
sub to_bin { my $t = $_[0]->_bits; $t =~ s/^0+(?=.)//; return ($_[0]->is_neg ? '-' : '') . (CORE::length $t ? $t : '0') }
sub to_hex { my $t = $_[0]->to_bin; my $sign = $t =~ s/^-// ? '-' : ''; $t = '0' x (-CORE::length($t) % 4) . $t; return $sign . join '', map { sprintf '%x', oct "0b$_" } $t =~ /(....)/g }
sub to_oct { my $t = $_[0]->to_bin; my $sign = $t =~ s/^-// ? '-' : ''; $t = '0' x (-CORE::length($t) % 3) . $t; my $o = join '', map { sprintf '%o', oct "0b$_" } $t =~ /(...)/g; $o =~ s/^0+(?=.)//; return $sign . $o }
sub as_hex { my $t = $_[0]->to_hex; return $t =~ /^-(.*)/ ? "-0x$1" : "0x$t" }
sub as_bin { my $t = $_[0]->to_bin; return $t =~ /^-(.*)/ ? "-0b$1" : "0b$t" }
sub as_oct { my $t = $_[0]->to_oct; return $t =~ /^-(.*)/ ? "-0$1" : "0$t" }
sub as_int { return $_[0]->copy }
sub as_number { return $_[0]->copy }
sub digit { my ($s, $n) = @_; return substr _text($s->{d}), -1 - ($n || 0), 1 }
sub bfloor { return $_[0] }
sub bceil { return $_[0] }
sub bint { return $_[0] }
sub accuracy { return undef }
sub precision { return undef }
1;
