# Perl's Encode, for UTF-8, UTF-16 and the encodings of one byte that programs ask for.
package Encode;
our @EXPORT = qw(decode decode_utf8 encode encode_utf8 str2bytes bytes2str encodings find_encoding);
our @EXPORT_OK = qw(is_utf8 _utf8_on _utf8_off from_to FB_CROAK FB_DEFAULT FB_QUIET FB_WARN LEAVE_SRC resolve_alias);
our %EXPORT_TAGS = (all => [qw(decode decode_utf8 encode encode_utf8 find_encoding is_utf8 from_to FB_CROAK FB_DEFAULT FB_QUIET FB_WARN LEAVE_SRC)],
    fallbacks => [qw(FB_CROAK FB_DEFAULT FB_QUIET FB_WARN LEAVE_SRC)]);
use constant { FB_DEFAULT => 0, FB_CROAK => 1, FB_QUIET => 4, FB_WARN => 6, LEAVE_SRC => 8 };

sub _kind {
    my $name = lc shift;
    $name =~ tr/_/-/;
    return 'utf8' if $name =~ /^(?:utf-?8|utf-8-strict)$/;
    return 'latin1' if $name =~ /^(?:iso-?8859-1|latin-?1|l1|cp1252)$/;
    return 'ascii' if $name =~ /^(?:us-)?ascii$/;
    return $name if $name =~ /^(?:utf-16|utf-16be|utf-16le|utf-32be|utf-32le)$/;
    my @at = caller(1);
    die "Unknown encoding '$_[0]' at $at[1] line $at[2].\n";
}

sub encode_utf8 { return defined $_[0] ? CORE::__utf8_encode($_[0]) : undef }
sub decode_utf8 { return decode('utf8', @_) }
sub is_utf8 { return CORE::__is_wide($_[0]) }
sub _utf8_on { my $t = CORE::__utf8_decode($_[0]); $_[0] = $t if defined $t; return }
sub _utf8_off { $_[0] = CORE::__utf8_encode($_[0]); return }

sub encode {
    my ($name, $text, $check) = @_;
    return undef unless defined $text;
    my $kind = _kind(ref $name ? $name->name : $name);
    return CORE::__utf8_encode($text) if $kind eq 'utf8';
    my $out = '';
    if ($kind eq 'latin1' || $kind eq 'ascii') {
        my $most = $kind eq 'ascii' ? 0x7f : 0xff;
        for my $code (map { ord } split //, $text) {
            if ($code > $most) {
                die sprintf "\"\\x{%04x}\" does not map to %s\n", $code, $kind eq 'ascii' ? 'ascii' : 'iso-8859-1' if ($check // 0) == FB_CROAK;
                $code = 0x3f;
            }
            $out .= pack 'C', $code;
        }
        return $out;
    }
    my $little = $kind =~ /le$/;
    $out = "\xfe\xff" if $kind eq 'utf-16';
    for my $code (map { ord } split //, $text) {
        if ($kind =~ /32/) { $out .= pack $little ? 'V' : 'N', $code; next }
        if ($code > 0xffff) {
            $code -= 0x10000;
            $out .= pack $little ? 'v2' : 'n2', 0xd800 + ($code >> 10), 0xdc00 + ($code & 0x3ff);
        } else {
            $out .= pack $little ? 'v' : 'n', $code;
        }
    }
    return $out;
}

sub decode {
    my ($name, $bytes, $check) = @_;
    return undef unless defined $bytes;
    my $kind = _kind(ref $name ? $name->name : $name);
    if ($kind eq 'utf8') {
        my $text = CORE::__utf8_decode($bytes);
        return $text if defined $text;
        if (ref $check || ($check // 0) & 1) {
            my @at = caller;
            my ($bad) = map { sprintf '\x%02X', ord } $bytes =~ /([\x80-\xff])/;
            die "utf8 \"$bad\" does not map to Unicode at $at[1] line $at[2].\n";
        }
        my $out = '';
        while (length $bytes) {
            if ($bytes =~ s/^([\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3})//) {
                $out .= CORE::__utf8_decode($1) // "\x{fffd}";
            } else {
                $bytes = substr $bytes, 1;
                $out .= "\x{fffd}";
            }
        }
        return $out;
    }
    return $bytes if $kind eq 'latin1';
    if ($kind eq 'ascii') { $bytes =~ s/[\x80-\xff]/\x{fffd}/g; return $bytes }
    my $little = $kind =~ /le$/;
    my @units = unpack $kind =~ /32/ ? ($little ? 'V*' : 'N*') : $little ? 'v*' : 'n*', $bytes;
    if ($kind eq 'utf-16') {
        if (@units && $units[0] == 0xfffe) { @units = unpack 'v*', $bytes }
        shift @units if @units && $units[0] == 0xfeff;
    }
    my $out = '';
    while (@units) {
        my $code = shift @units;
        $code = 0x10000 + (($code & 0x3ff) << 10) + (shift(@units) & 0x3ff) if $kind !~ /32/ && $code >= 0xd800 && $code < 0xdc00 && @units;
        $out .= chr $code;
    }
    return $out;
}
sub str2bytes { return encode(@_) }
sub bytes2str { return decode(@_) }
sub from_to { my $text = decode($_[1], $_[0]); $_[0] = encode($_[2], $text); return length $_[0] }
sub encodings { return qw(ascii iso-8859-1 utf8 utf-8-strict) }
sub find_encoding {
    my $name = shift;
    my $kind = eval { _kind($name) };
    return undef unless defined $kind;
    my %full = (utf8 => lc $name eq 'utf8' ? 'utf8' : 'utf-8-strict', latin1 => 'iso-8859-1', ascii => 'ascii');
    return bless {name => $full{$kind} // uc $kind}, 'Encode::Encoding';
}
sub resolve_alias { my $found = find_encoding($_[0]); return $found ? $found->name : '' }

package Encode::Encoding;
sub name { return $_[0]{name} }
sub mime_name { return uc($_[0]{name} eq 'utf-8-strict' ? 'utf-8' : $_[0]{name}) }
sub encode { my ($self, @rest) = @_; return Encode::encode($self->{name}, @rest) }
sub decode { my ($self, @rest) = @_; return Encode::decode($self->{name}, @rest) }
1;
