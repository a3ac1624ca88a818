# Perl's MIME::QuotedPrint.
package MIME::QuotedPrint;
our @EXPORT = qw(encode_qp decode_qp);
sub encode_qp {
    my ($text, $end) = @_;
    $end = "\n" unless defined $end;
    $text =~ s/([^ \t\n!"#\$%&'()*+,\-.\/0-9:;<>?\@A-Z[\\\]^_`a-z{|}~])/sprintf '=%02X', ord $1/ge;
    $text =~ s/([ \t]+)$/join '', map { sprintf '=%02X', ord } split m{}, $1/gem;
    return $text if $end eq '';
    my $out = '';
    for my $line (split /^/m, $text) {
        my $last = chomp $line;
        while (length $line > ($last ? 76 : 75)) {
            my $part = substr $line, 0, 75;
            $part =~ s/(=[0-9A-F]?)\z//;
            $out .= "$part=$end";
            $line = substr $line, length $part;
        }
        $out .= $line . ($last ? $end : '');
    }
    $out .= "=$end" if length $text && $text !~ /\n\z/;
    return $out;
}
sub decode_qp {
    my $text = shift;
    $text =~ s/[ \t]+(\r?\n)/$1/g;
    $text =~ s/[ \t]+\z//;
    $text =~ s/=\r?\n//g;
    $text =~ s/=([0-9A-Fa-f]{2})/pack 'C', hex $1/ge;
    return $text;
}
1;
