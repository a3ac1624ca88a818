# Perl's Text::Tabs.
package Text::Tabs;
our @EXPORT = qw(expand unexpand $tabstop);
our $tabstop = 8;

sub expand {
    my @out;
    for my $text (@_) {
        my @lines = split /^/m, $text, -1;
        for my $line (@lines) {
            1 while $line =~ s/^([^\t]*)(\t+)/$1 . ' ' x (length($2) * $tabstop - length($1) % $tabstop)/e;
        }
        push @out, join '', @lines;
    }
    return wantarray ? @out : $out[0];
}

sub unexpand {
    my @out;
    for my $text (@_) {
        my @lines = split /\n/, $text, -1;
        for my $line (@lines) {
            my ($rest, $done) = (expand($line), '');
            while (length $rest >= $tabstop) {
                my $part = substr $rest, 0, $tabstop, '';
                $part =~ s/  +$/\t/;
                $done .= $part;
            }
            $line = $done . $rest;
        }
        push @out, join "\n", @lines;
    }
    return wantarray ? @out : $out[0];
}
1;
