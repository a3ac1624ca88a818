# Perl's Digest::SHA.
package Digest::SHA;
our @EXPORT_OK = qw(sha1 sha1_hex sha1_base64 sha224 sha224_hex sha256 sha256_hex sha256_base64 sha384 sha384_hex sha384_base64
    sha512 sha512_hex sha512_base64 hmac_sha1 hmac_sha1_hex hmac_sha256 hmac_sha256_hex hmac_sha256_base64 hmac_sha512 hmac_sha512_hex);
sub _base64 { my $t = CORE::base64_encode($_[0]); $t =~ s/=+\z//; return $t }
sub _hex {
    my ($bits, $data) = @_;
    return $bits == 1 ? CORE::sha1($data) : $bits == 224 ? CORE::sha224($data) : $bits == 256 ? CORE::sha256($data)
        : $bits == 384 ? CORE::sha384($data) : CORE::sha512($data);
}
sub _hmac {
    my ($bits, $data, $key) = @_;
    my $block = $bits > 256 ? 128 : 64;
    $key = pack 'H*', _hex($bits, $key) if length $key > $block;
    $key .= "\0" x ($block - length $key);
    my $inner = $key ^ ("\x36" x $block);
    my $outer = $key ^ ("\x5c" x $block);
    return _hex($bits, $outer . pack 'H*', _hex($bits, $inner . $data));
}
sub sha1_hex { return _hex(1, join '', @_) }
sub sha224_hex { return _hex(224, join '', @_) }
sub sha256_hex { return _hex(256, join '', @_) }
sub sha384_hex { return _hex(384, join '', @_) }
sub sha512_hex { return _hex(512, join '', @_) }
sub sha1 { return pack 'H*', sha1_hex(@_) }
sub sha224 { return pack 'H*', sha224_hex(@_) }
sub sha256 { return pack 'H*', sha256_hex(@_) }
sub sha384 { return pack 'H*', sha384_hex(@_) }
sub sha512 { return pack 'H*', sha512_hex(@_) }
sub sha1_base64 { return _base64(sha1(@_)) }
sub sha256_base64 { return _base64(sha256(@_)) }
sub sha384_base64 { return _base64(sha384(@_)) }
sub sha512_base64 { return _base64(sha512(@_)) }
sub hmac_sha1_hex { my $key = pop; return _hmac(1, join('', @_), $key) }
sub hmac_sha256_hex { my $key = pop; return _hmac(256, join('', @_), $key) }
sub hmac_sha512_hex { my $key = pop; return _hmac(512, join('', @_), $key) }
sub hmac_sha1 { return pack 'H*', hmac_sha1_hex(@_) }
sub hmac_sha256 { return pack 'H*', hmac_sha256_hex(@_) }
sub hmac_sha512 { return pack 'H*', hmac_sha512_hex(@_) }
sub hmac_sha256_base64 { return _base64(hmac_sha256(@_)) }
sub new {
    my ($class, $bits) = @_;
    $bits = 1 unless defined $bits;
    $bits =~ s/^\D+//;
    return bless {bits => $bits, data => ''}, ref $class || $class;
}
sub reset { $_[0]{data} = ''; return $_[0] }
sub add { my $self = shift; $self->{data} .= join '', @_; return $self }
sub addfile {
    my ($self, $in) = @_;
    if (!ref $in && ref \$in ne 'GLOB') { open my $file, '<', $in or die "Open failed: $!"; binmode $file; $in = $file }
    my $part;
    $self->{data} .= $part while read $in, $part, 8192;
    return $self;
}
sub hexdigest { my $self = shift; my $out = _hex($self->{bits}, $self->{data}); $self->{data} = ''; return $out }
sub digest { my $self = shift; return pack 'H*', $self->hexdigest }
sub b64digest { my $self = shift; return _base64($self->digest) }
1;
