# Perl's Math::BigFloat: digits in the groups of Math::BigInt, and the power of ten they are multiplied by.
package Math::BigFloat;
use Math::BigInt;
our @ISA = ('Math::BigInt');
our ($accuracy, $precision, $div_scale, $round_mode) = (undef, undef, 40, 'even');
# Operators that are not those of whole numbers; the rest is inherited.
use overload
    '/' => sub { my ($s, $x, $swap) = @_; my ($one, $two) = $swap ? ($s->_other($x)->copy, $s) : ($s->copy, $x); return scalar $one->bdiv($two) },
    '%' => sub { my ($s, $x, $swap) = @_; return $swap ? $s->_other($x)->copy->bmod($s) : $s->copy->bmod($x) },
    '**' => sub { my ($s, $x, $swap) = @_; return $swap ? $s->_other($x)->copy->bpow($s) : $s->copy->bpow($x) },
    'int' => sub { return $_[0]->copy->bint },
    'exp' => sub { return $_[0]->copy->bexp },
    'log' => sub { return $_[0]->copy->blog };

sub _make { my ($class, $sign, $digits, $e) = @_; return (bless {sign => $sign, d => [0], e => 0}, ref $class || $class)->_set($sign, $digits, $e) }

# Zeros at the end become part of the power.
sub _set {
    my ($s, $sign, $digits, $e) = @_;
    $e = 0 unless defined $e;
    my $text = Math::BigInt::_text($digits);
    if ($text eq '0') { $e = 0; $sign = '+' if $sign eq '-' }
    elsif ($text =~ /(0+)\z/) { $e += CORE::length $1; $digits = Math::BigInt::_digits(substr $text, 0, CORE::length($text) - CORE::length $1) }
    @$s{qw(sign d e)} = ($sign, $digits, $e);
    return $s;
}
sub _take { my ($s, $x) = @_; @$s{qw(sign d e)} = @$x{qw(sign d e)}; return $s }
sub _scaled { my ($digits, $n) = @_; return $n > 0 ? Math::BigInt::_digits(Math::BigInt::_text($digits) . '0' x $n) : $digits }
sub _aligned {
    my ($s, $x) = @_;
    my $e = $s->{e} < $x->{e} ? $s->{e} : $x->{e};
    return (_scaled($s->{d}, $s->{e} - $e), _scaled($x->{d}, $x->{e} - $e), $e);
}

sub new {
    my ($class, $value, @round) = @_;
    $class = ref $class || $class;
    return $class->_make('+', [0], 0) unless defined $value;
    my $made;
    if (ref $value && CORE::__blessed($value) && exists $value->{e}) { $made = $value->copy }
    elsif (ref $value && CORE::__blessed($value) && exists $value->{d}) { $made = $class->_make($value->{sign}, $value->{d}, 0) }
    else {
        my $text = "$value";
        $text =~ s/^\s+|\s+$//g;
        $text =~ s/(?<=\d)_(?=\d)//g;
        if ($text =~ /^([-+]?)inf(?:inity)?$/i) { return $class->_make($1 eq '-' ? '-inf' : '+inf', [0], 0) }
        if ($text =~ /^[-+]?0[xb]/i) { my $whole = Math::BigInt->new($text); return $class->_make($whole->{sign}, $whole->{d}, 0) }
        return $class->_make('NaN', [0], 0) unless $text =~ /^([-+]?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d+))?$/ && CORE::length($2 . ($3 // ''));
        my ($sign, $whole, $part, $e) = ($1 || '+', $2, $3 // '', $4 // 0);
        $made = $class->_make($sign, Math::BigInt::_digits($whole . $part), $e - CORE::length $part);
    }
    return $made->_rounded(@round);
}
sub copy { my $s = shift; return bless {%$s, d => [@{$s->{d}}]}, ref $s }
sub _other { my ($s, $x) = @_; return ref $x && CORE::__blessed($x) && exists $x->{e} ? $x : Math::BigFloat->new($x) }
sub bzero { my $s = shift; return ref $s ? $s->_set('+', [0], 0) : $s->_make('+', [0], 0) }
sub bone { my ($s, $sign) = @_; $sign = defined $sign && $sign eq '-' ? '-' : '+'; return ref $s ? $s->_set($sign, [1], 0) : $s->_make($sign, [1], 0) }
sub bnan { my $s = shift; return ref $s ? $s->_set('NaN', [0], 0) : $s->_make('NaN', [0], 0) }
sub binf { my ($s, $sign) = @_; $sign = defined $sign && $sign eq '-' ? '-inf' : '+inf'; return ref $s ? $s->_set($sign, [0], 0) : $s->_make($sign, [0], 0) }

# How results are rounded: by what the call says, else by the number itself, else by the class.
sub _wish {
    my ($s, $a, $p) = @_;
    return ($a, undef) if defined $a;
    return (undef, $p) if defined $p;
    return ($s->{a}, undef) if defined $s->{a};
    return (undef, $s->{p}) if defined $s->{p};
    return ($accuracy, $precision);
}
sub _rounded {
    my ($s, $a, $p, $mode) = @_;
    ($a, $p) = $s->_wish($a, $p);
    return $s->bround($a, $mode) if defined $a;
    return $s->bfround($p, $mode) if defined $p;
    return $s;
}

# Drops digits at the end, all but `$keep` of them, which may be none.
sub _cut {
    my ($s, $keep, $mode) = @_;
    $mode = $round_mode unless defined $mode;
    my $text = Math::BigInt::_text($s->{d});
    my $drop = CORE::length($text) - $keep;
    return $s if $drop <= 0;
    my ($kept, $rest) = $keep > 0 ? (substr($text, 0, $keep), substr $text, $keep) : ('0', ('0' x -$keep) . $text);
    my $half = '5' . '0' x (CORE::length($rest) - 1);
    my $up = $mode eq 'trunc' ? 0 : $rest gt $half ? 1 : $rest lt $half ? 0
        : $mode eq 'even' ? $kept =~ /[13579]\z/ : $mode eq 'odd' ? $kept =~ /[02468]\z/
        : $mode eq '+inf' ? $s->{sign} eq '+' : $mode eq '-inf' ? $s->{sign} eq '-' : $mode eq 'zero' ? 0 : 1;
    my $digits = Math::BigInt::_digits($kept);
    $digits = Math::BigInt::_add($digits, [1]) if $up;
    return $s->_set($s->{sign}, $digits, $s->{e} + $drop);
}
sub bround {
    my ($s, $n, $mode) = @_;
    $n = $s->_wish unless defined $n;
    return $s if !defined $n || $s->{sign} !~ /^[-+]$/;
    delete $s->{p};
    if (!$s->is_zero) { $s->_cut($n, $mode) }
    $s->{a} = $n;
    return $s;
}
# Below zero a number of places behind the point, 0 and 1 for whole numbers, above it a place before the point.
sub bfround {
    my ($s, $place, $mode) = @_;
    return $s if !defined $place || $s->{sign} !~ /^[-+]$/;
    delete $s->{a};
    my $last = $place > 0 ? $place - 1 : $place;
    $s->_cut(CORE::length(Math::BigInt::_text($s->{d})) + $s->{e} - $last, $mode) if $s->{e} < $last && !$s->is_zero;
    $s->{p} = $place;
    return $s;
}
sub bffround { return bfround(@_) }
sub ffround { return bfround(@_) }
sub round { my ($s, $a, $p, $mode) = @_; return $s->_rounded($a, $p, $mode) }
sub accuracy {
    my ($s, $n) = @_;
    if (!ref $s) { if (@_ > 1) { $accuracy = $n; $precision = undef if defined $n } return $accuracy }
    if (@_ > 1) { if (defined $n) { $s->bround($n) } else { delete $s->{a} } }
    return $s->{a} // $accuracy;
}
sub precision {
    my ($s, $n) = @_;
    if (!ref $s) { if (@_ > 1) { $precision = $n; $accuracy = undef if defined $n } return $precision }
    if (@_ > 1) { if (defined $n) { $s->bfround($n) } else { delete $s->{p} } }
    return $s->{p} // $precision;
}
sub div_scale { my ($s, $n) = @_; $div_scale = $n if defined $n; return $div_scale }
sub round_mode { my ($s, $mode) = @_; $round_mode = $mode if defined $mode; return $round_mode }

sub is_zero { my $s = shift; return $s->{sign} eq '+' && @{$s->{d}} == 1 && $s->{d}[0] == 0 ? 1 : 0 }
sub is_one { my ($s, $sign) = @_; return $s->{sign} eq ($sign || '+') && $s->{e} == 0 && @{$s->{d}} == 1 && $s->{d}[0] == 1 ? 1 : 0 }
sub is_int { my $s = shift; return $s->{sign} =~ /^[-+]$/ && $s->{e} >= 0 ? 1 : 0 }
sub is_odd { my $s = shift; return $s->{sign} =~ /^[-+]$/ && $s->{e} == 0 && $s->{d}[0] % 2 ? 1 : 0 }
sub is_even { my $s = shift; return $s->{sign} =~ /^[-+]$/ && ($s->{e} > 0 || $s->{e} == 0 && $s->{d}[0] % 2 == 0) ? 1 : 0 }
sub _odd_text { my $sign = $_[0]{sign}; return $sign eq 'NaN' ? 'NaN' : $sign eq '+inf' ? 'inf' : '-inf' }

sub bstr {
    my $s = shift;
    return $s->_odd_text if $s->{sign} !~ /^[-+]$/;
    my ($text, $e) = (Math::BigInt::_text($s->{d}), $s->{e});
    my $digits = CORE::length $text;
    my $places = 0;
    if ($e >= 0) { $text .= '0' x $e; $digits += $e }
    else {
        $places = -$e;
        $text = '0' x ($places - $digits + 1) . $text if $digits <= $places;
        substr $text, CORE::length($text) - $places, 0, '.';
    }
    # What was rounded shows all the digits that were asked for.
    my $zeros = $s->is_zero ? 0 : defined $s->{a} ? $s->{a} - $digits : defined $s->{p} && $s->{p} < 0 ? -$s->{p} - $places : 0;
    $text .= ($places ? '' : '.') . '0' x $zeros if $zeros > 0;
    return ($s->{sign} eq '-' ? '-' : '') . $text;
}
sub bsstr {
    my $s = shift;
    return $s->_odd_text if $s->{sign} !~ /^[-+]$/;
    return ($s->{sign} eq '-' ? '-' : '') . Math::BigInt::_text($s->{d}) . 'e' . ($s->{e} < 0 ? '-' : '+') . CORE::abs $s->{e};
}
sub bnstr {
    my $s = shift;
    return $s->_odd_text if $s->{sign} !~ /^[-+]$/;
    my $text = Math::BigInt::_text($s->{d});
    my $e = $s->{e} + CORE::length($text) - 1;
    substr $text, 1, 0, '.' if CORE::length $text > 1;
    return ($s->{sign} eq '-' ? '-' : '') . $text . 'e' . ($e < 0 ? '-' : '+') . CORE::abs $e;
}
sub bdstr { return $_[0]->bstr }
sub numify { my $s = shift; return 0 + ($s->{sign} =~ /^[-+]$/ ? $s->bsstr : $s->_odd_text) }
sub mantissa { my $s = shift; return $s->{sign} =~ /^[-+]$/ ? bless {sign => $s->{sign}, d => [@{$s->{d}}]}, 'Math::BigInt' : Math::BigInt->new($s->_odd_text) }
sub exponent { my $s = shift; return Math::BigInt->new($s->{sign} =~ /^[-+]$/ ? $s->{e} : $s->{sign} eq 'NaN' ? 'NaN' : 'inf') }
sub parts { my $s = shift; return ($s->mantissa, $s->exponent) }
sub length { my $s = shift; my $n = CORE::length Math::BigInt::_text($s->{d}); my $all = $n + ($s->{e} > 0 ? $s->{e} : 0); return wantarray ? ($all, $s->{e} < 0 ? -$s->{e} : 0) : $all }
sub as_int { my $s = shift; return Math::BigInt->new($s->{sign} =~ /^[-+]$/ ? $s->copy->bint->_plain : $s->_odd_text) }
sub as_number { return $_[0]->as_int }
sub _plain { my $s = shift; delete @$s{qw(a p)}; return $s->bstr }

sub bcmp {
    my ($s, $x) = @_;
    $x = $s->_other($x);
    return undef if $s->is_nan || $x->is_nan;
    if ($s->_odd_one($x)) { my ($one, $two) = map { $_->{sign} eq '+inf' ? 1 : $_->{sign} eq '-inf' ? -1 : 0 } $s, $x; return $one <=> $two }
    return $s->{sign} eq '-' ? -1 : 1 if $s->{sign} ne $x->{sign};
    my $order = $s->bacmp($x);
    return $s->{sign} eq '-' ? -$order : $order;
}
sub bacmp { my ($s, $x) = @_; my ($one, $two) = $s->_aligned($s->_other($x)); return Math::BigInt::_cmp($one, $two) }

sub badd {
    my ($s, $x, @round) = @_;
    $x = $s->_other($x);
    if ($s->_odd_one($x)) {
        return $s->bnan if $s->is_nan || $x->is_nan || $s->is_inf && $x->is_inf && $s->{sign} ne $x->{sign};
        return $s->_set($s->is_inf ? $s->{sign} : $x->{sign}, [0], 0);
    }
    my ($one, $two, $e) = $s->_aligned($x);
    if ($s->{sign} eq $x->{sign}) { $s->_set($s->{sign}, Math::BigInt::_add($one, $two), $e) }
    elsif (Math::BigInt::_cmp($one, $two) >= 0) { $s->_set($s->{sign}, Math::BigInt::_sub($one, $two), $e) }
    else { $s->_set($x->{sign}, Math::BigInt::_sub($two, $one), $e) }
    return $s->_rounded(@round);
}
sub bsub { my ($s, $x, @round) = @_; return $s->badd($s->_other($x)->copy->bneg, @round) }
sub bmul {
    my ($s, $x, @round) = @_;
    $x = $s->_other($x);
    if ($s->_odd_one($x)) {
        return $s->bnan if $s->is_nan || $x->is_nan || $s->is_zero || $x->is_zero;
        return $s->_set($s->is_neg == $x->is_neg ? '+inf' : '-inf', [0], 0);
    }
    return $s->_set($s->{sign} eq $x->{sign} ? '+' : '-', Math::BigInt::_mul($s->{d}, $x->{d}), $s->{e} + $x->{e})->_rounded(@round);
}
sub bmuladd { my ($s, $x, $y, @round) = @_; return $s->bmul($x)->badd($y, @round) }
sub binc { return $_[0]->badd(1) }
sub bdec { return $_[0]->bsub(1) }
sub bneg { my $s = shift; return $s->is_zero ? $s : $s->_set($s->{sign} =~ /^-(.*)/ ? "+$1" : $s->{sign} =~ /^\+(.*)/ ? "-$1" : 'NaN', $s->{d}, $s->{e}) }
sub bsgn { my $s = shift; return $s->is_zero ? $s : $s->_set($s->{sign}, [1], 0) }

# Rounds what cannot be written whole: as is wished, else to the number of digits of divisions.
sub _finish {
    my ($s, $a, $p, $mode) = @_;
    ($a, $p) = $s->_wish($a, $p);
    return $s->_rounded($a, $p, $mode) if defined $a || defined $p;
    $s->bround($div_scale, $mode);
    delete $s->{a};
    return $s;
}
# Digits to compute with, so that the last one that is kept is right.
sub _scale { my ($s, $a, $p) = @_; ($a, $p) = $s->_wish($a, $p); return (defined $a && $a > $div_scale || defined $a ? $a : defined $p ? CORE::abs($p) + $div_scale : $div_scale) + 6 }

sub bdiv {
    my ($s, $x, @round) = @_;
    $x = $s->_other($x);
    if ($x->is_zero || $s->_odd_one($x)) {
        return $s->bnan if $s->is_nan || $x->is_nan || $s->is_zero && $x->is_zero || $s->is_inf && $x->is_inf;
        return $s->bzero if $x->is_inf;
        return $s->_set($s->is_neg == $x->is_neg ? '+inf' : '-inf', [0], 0);
    }
    if (wantarray) {
        my $rest = $s->copy;
        my $quotient = $s->_floor_of($x);
        $rest->bsub($quotient->copy->bmul($x));
        return ($s->_take($quotient)->_rounded(@round), $rest->_rounded(@round));
    }
    my $more = $s->_scale(@round) + CORE::length(Math::BigInt::_text($x->{d})) - CORE::length Math::BigInt::_text($s->{d});
    $more = 0 if $more < 0;
    my ($quotient, $rest) = Math::BigInt::_div(_scaled($s->{d}, $more), $x->{d});
    # A rest is a digit that is no half.
    my $exact = @$rest == 1 && $rest->[0] == 0;
    $quotient = Math::BigInt::_digits(Math::BigInt::_text($quotient) . '1') unless $exact;
    return $s->_set($s->{sign} eq $x->{sign} ? '+' : '-', $quotient, $s->{e} - $x->{e} - $more - ($exact ? 0 : 1))->_finish(@round);
}
# The quotient as a whole number, rounded down.
sub _floor_of {
    my ($s, $x) = @_;
    my ($one, $two) = $s->_aligned($x);
    my ($quotient, $rest) = Math::BigInt::_div($one, $two);
    my $same = $s->{sign} eq $x->{sign};
    $quotient = Math::BigInt::_add($quotient, [1]) if !$same && !(@$rest == 1 && $rest->[0] == 0);
    return $s->_make($same ? '+' : '-', $quotient, 0);
}
sub bmod {
    my ($s, $x, @round) = @_;
    $x = $s->_other($x);
    return $s if $x->is_zero;
    return $s->bnan if $s->_odd_one($x);
    return $s->bsub($s->_floor_of($x)->bmul($x))->_rounded(@round);
}
sub bfloor { my $s = shift; return $s->is_int || $s->{sign} !~ /^[-+]$/ ? $s : $s->_take($s->_floor_of(Math::BigFloat->new(1))) }
sub bceil { my $s = shift; return $s->bneg->bfloor->bneg }
sub bint { my $s = shift; return $s->is_neg ? $s->bceil : $s->bfloor }

sub bsqrt {
    my ($s, @round) = @_;
    return $s->bnan if $s->is_nan || $s->is_neg;
    return $s if $s->is_inf || $s->is_zero;
    my $more = 2 * $s->_scale(@round) - CORE::length Math::BigInt::_text($s->{d});
    $more = 0 if $more < 0;
    $more++ if ($s->{e} - $more) % 2;
    my $square = bless {sign => '+', d => _scaled($s->{d}, $more)}, 'Math::BigInt';
    my $root = $square->copy->bsqrt;
    my $exact = $root->copy->bmul($root)->bcmp($square) == 0;
    my $digits = $exact ? $root->{d} : Math::BigInt::_digits(Math::BigInt::_text($root->{d}) . '1');
    return $s->_set('+', $digits, ($s->{e} - $more) / 2 - ($exact ? 0 : 1))->_finish(@round);
}
sub bpow {
    my ($s, $x, @round) = @_;
    $x = $s->_other($x);
    return $s->bnan if $s->is_nan || $x->is_nan;
    return $s->bone if $x->is_zero || $s->is_one;
    return $s->bnan if $s->_odd_one($x);
    if (!$x->is_int) {
        return $s->is_zero ? $x->is_neg ? $s->binf : $s : $s->bnan if $s->is_zero || $s->is_neg;
        my $digits = $s->_scale(@round);
        my $log = $s->_plain_copy->blog(undef, $digits + 4);
        return $s->_take($log->bmul($x)->_plain_copy->bexp($digits))->_finish(@round);
    }
    my ($n, $result, $square) = (CORE::abs($x->numify), $s->_make('+', [1], 0), $s->_plain_copy);
    return $x->is_neg ? $s->binf : $s if $s->is_zero;
    while ($n > 0) {
        $result->_take($result->_make($result->{sign} eq $square->{sign} ? '+' : '-', Math::BigInt::_mul($result->{d}, $square->{d}), $result->{e} + $square->{e})) if $n % 2;
        $n = int($n / 2);
        $square->_take($square->_make('+', Math::BigInt::_mul($square->{d}, $square->{d}), 2 * $square->{e})) if $n;
    }
    return $s->_take($result)->_rounded(@round) unless $x->is_neg;
    my $inverse = $s->_make('+', [1], 0)->bdiv($result, @round);
    return $s->_take($inverse)->_finish(@round);
}
sub _plain_copy { my $s = shift; my $copy = $s->copy; delete @$copy{qw(a p)}; return $copy }

# A number in units of 10 ** -$digits, as a whole number, and back.
sub _fixed { my ($s, $digits) = @_; my $copy = $s->_plain_copy; $copy->{e} += $digits; return $copy->as_int }
sub _unfixed { my ($class, $whole, $digits) = @_; return $class->_make($whole->{sign}, $whole->{d}, -$digits) }

# exp(x) = exp(x / 2 ** k) ** (2 ** k), by the power series.
sub bexp {
    my ($s, @round) = @_;
    return $s if $s->is_nan || $s->{sign} eq '+inf';
    return $s->bzero if $s->is_inf;
    my $size = CORE::abs $s->numify;
    my $digits = $s->_scale(@round) + 10 + CORE::int($size / 2.302585 + 1);
    my $halvings = 8;
    $halvings++ while $size / 2 ** $halvings > 0.01;
    my $one = Math::BigInt->new('1' . '0' x $digits);
    my $x = $s->_fixed($digits)->btdiv(Math::BigInt->new(2)->bpow($halvings));
    my ($sum, $term) = ($one->copy, $one->copy);
    for (my $n = 1; !$term->is_zero; $n++) { $term = $term->bmul($x)->btdiv($one)->btdiv($n); $sum->badd($term) }
    $sum = $sum->bmul($sum->copy)->btdiv($one) for 1 .. $halvings;
    return $s->_take($s->_unfixed($sum, $digits))->_finish(@round);
}
# ln x = 2 ** k * ln x ** (1 / 2 ** k), near 1 by the series of the area tangent.
sub _ln {
    my ($x, $digits) = @_;
    my $one = Math::BigInt->new('1' . '0' x $digits);
    my $roots = 0;
    while ($x->copy->bsub($one)->babs->bcmp($one->copy->btdiv(100)) > 0) { $x = $x->bmul($one)->bsqrt; $roots++ }
    my $y = $x->copy->bsub($one)->bmul($one)->btdiv($x->copy->badd($one));
    my $square = $y->copy->bmul($y)->btdiv($one);
    my ($sum, $power) = ($y->copy, $y->copy);
    for (my $n = 3; !$power->is_zero; $n += 2) { $power = $power->bmul($square)->btdiv($one); $sum->badd($power->copy->btdiv($n)) }
    return $sum->bmul(2)->bmul(Math::BigInt->new(2)->bpow($roots));
}
sub blog {
    my ($s, $base, @round) = @_;
    return $s->bnan if $s->is_nan || $s->is_neg;
    return $s->is_zero ? $s->binf('-') : $s if $s->is_zero || $s->is_inf;
    $base = $s->_other($base) if defined $base;
    my $digits = $s->_scale(@round) + 15;
    my $ln = sub {
        my $x = shift;
        my $shift = CORE::length(Math::BigInt::_text($x->{d})) + $x->{e} - 1;
        my $near = _ln($x->_make('+', $x->{d}, $x->{e} - $shift)->_fixed($digits), $digits);
        return $near unless $shift;
        return $near->badd(_ln(Math::BigInt->new('10' . '0' x $digits), $digits)->bmul($shift));
    };
    my $result = $s->_unfixed($ln->($s), $digits);
    if (defined $base) {
        $result = $result->bdiv($s->_unfixed($ln->($base), $digits), $digits - 8);
        # Whole powers have whole logarithms.
        my $whole = $result->_plain_copy->bfround(0);
        delete $whole->{p};
        $result = $whole if CORE::abs($whole->numify) < 1e6 && $base->_plain_copy->bpow($whole)->bcmp($s) == 0;
        delete $result->{a};
    }
    return $s->_take($result)->_finish(@round);
}
# pi by arctangents: 16 atan 1/5 - 4 atan 1/239.
sub bpi {
    my ($class, $n) = @_;
    ($class, $n) = ('Math::BigFloat', $class) if @_ == 1 && $class =~ /^\d+$/;
    $n = $accuracy // $div_scale unless defined $n;
    my $one = Math::BigInt->new('1' . '0' x ($n + 10));
    my $arctangent = sub {
        my $x = shift;
        my $power = $one->copy->btdiv($x);
        my ($sum, $sign) = ($power->copy, -1);
        for (my $k = 3; !$power->is_zero; $k += 2) {
            $power = $power->btdiv($x * $x);
            my $term = $power->copy->btdiv($k);
            $sum = $sign < 0 ? $sum->bsub($term) : $sum->badd($term);
            $sign = -$sign;
        }
        return $sum;
    };
    my $pi = $arctangent->(5)->bmul(16)->bsub($arctangent->(239)->bmul(4));
    return $class->_unfixed($pi, $n + 10)->bround($n);
}
1;
