# Perl's JSON::PP.
package JSON::PP;
our @EXPORT = qw(encode_json decode_json from_json to_json);
our @EXPORT_OK = qw(is_bool);
our ($true, $false) = (do { my $v = 1; bless \$v, 'JSON::PP::Boolean' }, do { my $v = 0; bless \$v, 'JSON::PP::Boolean' });
sub true { return $true }
sub false { return $false }
sub null { return undef }
sub is_bool { return ref $_[-1] eq 'JSON::PP::Boolean' ? 1 : '' }

sub new { my $class = shift; return bless {max_depth => 512}, $class }
sub _flag { my ($self, $name, @value) = @_; $self->{$name} = !@value || $value[0] ? 1 : 0; return $self }
sub ascii { my $s = shift; return $s->_flag('ascii', @_) }
sub latin1 { my $s = shift; return $s->_flag('latin1', @_) }
sub utf8 { my $s = shift; return $s->_flag('utf8', @_) }
sub indent { my $s = shift; return $s->_flag('indent', @_) }
sub canonical { my $s = shift; return $s->_flag('canonical', @_) }
sub space_before { my $s = shift; return $s->_flag('space_before', @_) }
sub space_after { my $s = shift; return $s->_flag('space_after', @_) }
sub relaxed { my $s = shift; return $s->_flag('relaxed', @_) }
sub allow_nonref { my $s = shift; return $s->_flag('allow_nonref', @_) }
sub allow_blessed { my $s = shift; return $s->_flag('allow_blessed', @_) }
sub convert_blessed { my $s = shift; return $s->_flag('convert_blessed', @_) }
sub allow_unknown { my $s = shift; return $s->_flag('allow_unknown', @_) }
sub allow_barekey { my $s = shift; return $s->_flag('allow_barekey', @_) }
sub allow_singlequote { my $s = shift; return $s->_flag('allow_singlequote', @_) }
sub loose { my $s = shift; return $s->_flag('loose', @_) }
sub escape_slash { my $s = shift; return $s->_flag('escape_slash', @_) }
sub allow_bignum { my $s = shift; return $s->_flag('allow_bignum', @_) }
sub shrink { return $_[0] }
sub max_depth { my ($s, $n) = @_; $s->{max_depth} = $n if defined $n; return $s }
sub max_size { return $_[0] }
sub indent_length { my ($s, $n) = @_; $s->{indent_length} = $n; return $s }
sub sort_by { my ($s, $f) = @_; $s->{canonical} = 1; return $s }
sub boolean_values { my ($s, @v) = @_; $s->{booleans} = [@v]; return $s }
sub pretty {
    my ($s, @value) = @_;
    my $on = !@value || $value[0] ? 1 : 0;
    @$s{qw(indent space_before space_after)} = ($on) x 3;
    return $s;
}
sub get_canonical { return $_[0]{canonical} }
sub get_utf8 { return $_[0]{utf8} }

sub encode_json { return JSON::PP->new->utf8->encode($_[0]) }
sub decode_json { return JSON::PP->new->utf8->decode($_[0]) }
sub to_json { return JSON::PP->new->encode($_[0]) }
sub from_json { return JSON::PP->new->decode($_[0]) }

sub encode {
    my ($self, $value) = @_;
    if (!ref $value && !$self->{allow_nonref} && 0) { _fail('hash- or arrayref expected (not a simple scalar, use allow_nonref to allow this)') }
    my $text = $self->_write($value, 0);
    $text .= "\n" if $self->{indent};
    $text = CORE::__utf8_encode($text) if $self->{utf8};
    return $text;
}

sub _fail { my ($text) = @_; my ($level, @at) = (1); while ((@at = caller $level++) && $at[0] =~ /^JSON::PP/) { } die "$text at $at[1] line $at[2].\n" }

sub _write {
    my ($self, $value, $depth) = @_;
    _fail('json text or perl structure exceeds maximum nesting level (max_depth set too low?)') if $depth > $self->{max_depth};
    return 'null' unless defined $value;
    if (!ref $value) {
        return "$value" if CORE::__is_number($value) && $value == $value && abs($value) != 9**9**9;
        return $self->_string($value);
    }
    my $class = CORE::__blessed($value);
    if (defined $class) {
        return $$value ? 'true' : 'false' if $class eq 'JSON::PP::Boolean';
        if ($self->{convert_blessed} && $value->can('TO_JSON')) { return $self->_write(scalar $value->TO_JSON, $depth + 1) }
        return "$value" if $self->{allow_bignum} && $class =~ /^Math::Big/;
        return 'null' if $self->{allow_blessed};
        _fail("encountered object '$value', but neither allow_blessed, convert_blessed nor allow_tags settings are enabled (or TO_JSON/FREEZE method missing)");
    }
    my $type = ref $value;
    my $step = $self->{indent_length} // 3;
    my ($line, $inner, $outer) = $self->{indent} ? ("\n", ' ' x ($step * ($depth + 1)), ' ' x ($step * $depth)) : ('', '', '');
    if ($type eq 'ARRAY') {
        return '[]' unless @$value;
        return "[$line" . join(",$line", map { $inner . $self->_write($_, $depth + 1) } @$value) . "$line$outer]";
    }
    if ($type eq 'HASH') {
        my @keys = keys %$value or return '{}';
        @keys = sort @keys if $self->{canonical};
        my $colon = ($self->{space_before} ? ' ' : '') . ':' . ($self->{space_after} ? ' ' : '');
        return "{$line" . join(",$line", map { $inner . $self->_string($_) . $colon . $self->_write($value->{$_}, $depth + 1) } @keys) . "$line$outer}";
    }
    if ($type eq 'SCALAR') {
        return 'true' if defined $$value && $$value eq '1';
        return 'false' if defined $$value && $$value eq '0';
    }
    return 'null' if $self->{allow_unknown};
    _fail("cannot encode reference to scalar '$value' unless the scalar is 0 or 1") if $type eq 'SCALAR' || $type eq 'REF';
    _fail("encountered $value, but JSON can only represent references to arrays or hashes");
}

my %escape = ("\n" => '\n', "\r" => '\r', "\t" => '\t', "\f" => '\f', "\b" => '\b', '"' => '\"', '\\' => '\\\\');
sub _string {
    my ($self, $text) = @_;
    $text =~ s/(["\\\n\r\t\f\x08])/$escape{$1}/g;
    $text =~ s{/}{\\/}g if $self->{escape_slash};
    $text =~ s/([\x00-\x07\x0b\x0e-\x1f\x7f])/sprintf '\\u%04x', ord $1/ge;
    if ($self->{ascii}) {
        $text =~ s/([^\x00-\x7f])/_unicode(ord $1)/ge;
    } elsif ($self->{latin1}) {
        $text =~ s/([^\x00-\xff])/_unicode(ord $1)/ge;
    }
    return "\"$text\"";
}
sub _unicode {
    my $code = shift;
    return sprintf '\\u%04x', $code if $code < 0x10000;
    $code -= 0x10000;
    return sprintf '\\u%04x\\u%04x', 0xd800 + ($code >> 10), 0xdc00 + ($code & 0x3ff);
}

sub decode {
    my ($self, $text) = @_;
    my ($value, $end) = $self->_decode($text);
    return $value;
}
sub decode_prefix { my ($self, $text) = @_; return $self->_decode($text, 1) }

sub _decode {
    my ($self, $text, $prefix) = @_;
    _wrong($self, \$text, 'malformed JSON string, neither tag, array, object, number, string or atom') if !defined $text || $text !~ /\S/;
    if ($self->{utf8}) { my $read = CORE::__utf8_decode($text); $text = $read if defined $read }
    pos($text) = 0;
    my $value = $self->_read(\$text, 0);
    _blank($self, \$text);
    if (!$prefix && pos($text) < length $text) { _wrong($self, \$text, 'garbage after JSON object') }
    return ($value, pos $text);
}

sub _blank {
    my ($self, $text) = @_;
    $$text =~ /\G[ \t\r\n]+/gc;
    if ($self->{relaxed}) { 1 while $$text =~ /\G\s*#[^\n]*/gc || $$text =~ /\G[ \t\r\n]+/gc }
    return;
}

sub _wrong {
    my ($self, $text, $what) = @_;
    my $at = pos($$text) // 0;
    my $rest = substr($$text // '', $at);
    $rest = $rest eq '' ? '(end of string)' : length $rest > 24 ? substr($rest, 0, 24) . '...' : $rest;
    _fail("$what, at character offset $at (before \"$rest\")");
}

sub _read {
    my ($self, $text, $depth) = @_;
    _wrong($self, $text, 'json text or perl structure exceeds maximum nesting level (max_depth set too low?)') if $depth > $self->{max_depth};
    _blank($self, $text);
    if ($$text =~ /\G\{/gc) {
        my %out;
        _blank($self, $text);
        return \%out if $$text =~ /\G\}/gc;
        while (1) {
            _blank($self, $text);
            last if $self->{relaxed} && $$text =~ /\G\}/gc;
            my $key;
            if ($self->{allow_barekey} && $$text =~ /\G([A-Za-z_]\w*)/gc) { $key = $1 }
            elsif ($$text =~ /\G"/gc) { $key = _read_string($self, $text, '"') }
            elsif ($self->{allow_singlequote} && $$text =~ /\G'/gc) { $key = _read_string($self, $text, "'") }
            else { _wrong($self, $text, 'unexpected end of string while parsing JSON string') if pos $$text >= length $$text; _wrong($self, $text, 'malformed JSON string, neither tag, array, object, number, string or atom') }
            _blank($self, $text);
            $$text =~ /\G:/gc or _wrong($self, $text, "':' expected");
            $out{$key} = $self->_read($text, $depth + 1);
            _blank($self, $text);
            next if $$text =~ /\G,/gc;
            last if $$text =~ /\G\}/gc;
            _wrong($self, $text, ', or } expected while parsing object/hash');
        }
        return \%out;
    }
    if ($$text =~ /\G\[/gc) {
        my @out;
        _blank($self, $text);
        return \@out if $$text =~ /\G\]/gc;
        while (1) {
            _blank($self, $text);
            last if $self->{relaxed} && $$text =~ /\G\]/gc;
            push @out, $self->_read($text, $depth + 1);
            _blank($self, $text);
            next if $$text =~ /\G,/gc;
            last if $$text =~ /\G\]/gc;
            _wrong($self, $text, ', or ] expected while parsing array');
        }
        return \@out;
    }
    return _read_string($self, $text, '"') if $$text =~ /\G"/gc;
    return _read_string($self, $text, "'") if $self->{allow_singlequote} && $$text =~ /\G'/gc;
    if ($$text =~ /\G(-?(?:0|[1-9][0-9]*))((?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?)/gc) {
        my ($whole, $rest) = ($1, $2);
        return "$whole$rest" + 0 if length $rest || length $whole < 19;
        return "$whole";
    }
    return $self->{booleans} ? $self->{booleans}[1] : $true if $$text =~ /\Gtrue\b/gc;
    return $self->{booleans} ? $self->{booleans}[0] : $false if $$text =~ /\Gfalse\b/gc;
    return undef if $$text =~ /\Gnull\b/gc;
    _wrong($self, $text, "'true' expected") if $$text =~ /\Gt/;
    _wrong($self, $text, "'false' expected") if $$text =~ /\Gf/;
    _wrong($self, $text, "'null' expected") if $$text =~ /\Gn/;
    _wrong($self, $text, 'malformed JSON string, neither tag, array, object, number, string or atom');
}

my %unescape = (n => "\n", r => "\r", t => "\t", f => "\f", b => "\b", '"' => '"', '\\' => '\\', '/' => '/', "'" => "'");
sub _read_string {
    my ($self, $text, $end) = @_;
    my $out = '';
    while (1) {
        if ($$text =~ /\G([^"'\\\x00-\x1f]+)/gc) { $out .= $1; next }
        if ($$text =~ /\G\Q$end\E/gc) { return $out }
        if ($$text =~ /\G(["'])/gc) { $out .= $1; next }
        if ($$text =~ /\G\\u([0-9a-fA-F]{4})/gc) {
            my $code = hex $1;
            if ($code >= 0xd800 && $code < 0xdc00 && $$text =~ /\G\\u([dD][c-fC-F][0-9a-fA-F]{2})/gc) {
                $code = 0x10000 + (($code & 0x3ff) << 10) + (hex($1) & 0x3ff);
            }
            $out .= chr $code;
            next;
        }
        if ($$text =~ /\G\\(["\\\/bfnrt'])/gc) { $out .= $unescape{$1}; next }
        if ($self->{loose} && $$text =~ /\G([\x00-\x1f])/gc) { $out .= $1; next }
        _wrong($self, $text, 'unexpected end of string while parsing JSON string') if pos $$text >= length $$text;
        _wrong($self, $text, 'illegal backslash escape sequence in string') if $$text =~ /\G\\/;
        _wrong($self, $text, 'invalid character encountered while parsing JSON string');
    }
}

package JSON::PP::Boolean;
use overload '0+' => sub { ${$_[0]} }, '""' => sub { "${$_[0]}" }, 'bool' => sub { ${$_[0]} }, '!' => sub { ${$_[0]} ? 0 : 1 },
    '==' => sub { my ($a, $b) = @_; (ref $a ? $$a : $a) == (ref $b eq 'JSON::PP::Boolean' ? $$b : $b) }, 'eq' => sub { my ($a, $b) = @_; "$$a" eq (ref $b eq 'JSON::PP::Boolean' ? "$$b" : $b) };
sub TO_JSON { return ${$_[0]} ? \1 : \0 }
1;
