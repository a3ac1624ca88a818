# Perl's MIME::Base64.
package MIME::Base64;
our @EXPORT = qw(encode_base64 decode_base64);
our @EXPORT_OK = qw(encode_base64url decode_base64url encoded_base64_length decoded_base64_length);
sub encode_base64 {
    my ($bytes, $end) = @_;
    $end = "\n" unless defined $end;
    my $text = CORE::base64_encode($bytes);
    return $text if $end eq '';
    my $out = '';
    for (my $at = 0; $at < length $text; $at += 76) { $out .= substr($text, $at, 76) . $end }
    return $out;
}
sub decode_base64 {
    my $text = shift;
    $text =~ tr{A-Za-z0-9+/=}{}cd;
    $text =~ s/=.*//s;
    my $out = '';
    my $all = unpack 'B*', '';
    my ($bits, $n) = (0, 0);
    for my $char (split //, $text) {
        my $value = index 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/', $char;
        $bits = ($bits << 6 | $value) & 0xffffff;
        $n += 6;
        if ($n >= 8) { $n -= 8; $out .= pack 'C', $bits >> $n & 255 }
    }
    return $out;
}
sub encode_base64url { my $t = encode_base64($_[0], ''); $t =~ s/=+\z//; $t =~ tr{+/}{-_}; return $t }
sub decode_base64url { my $t = shift; $t =~ tr{-_}{+/}; return decode_base64($t) }
sub encoded_base64_length { return length encode_base64(@_) }
sub decoded_base64_length { return length decode_base64(@_) }
1;
