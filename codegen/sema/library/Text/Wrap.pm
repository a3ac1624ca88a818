# Perl's Text::Wrap.
package Text::Wrap;
our @EXPORT = qw(wrap fill);
our @EXPORT_OK = qw($columns $break $huge $unexpand $tabstop $separator $separator2);
our $columns = 76;
our $break = '(?=\s)\X';
our $huge = 'wrap';
our $unexpand = 1;
our $tabstop = 8;
our $separator = "\n";
our $separator2;

sub _expand {
    my $text = shift;
    1 while $text =~ s/^([^\t\n]*)(\t+)/$1 . ' ' x (length($2) * $tabstop - length($1) % $tabstop)/me;
    return $text;
}
sub _unexpand {
    my $text = shift;
    return $text unless $unexpand;
    my @lines = split /\n/, $text, -1;
    for my $line (@lines) {
        my @parts = unpack "(A${tabstop}X${tabstop}a${tabstop})*", '';
        my $out = '';
        my $line2 = _expand($line);
        while (length $line2 > $tabstop || length $line2 == $tabstop) {
            my $part = substr $line2, 0, $tabstop, '';
            $part =~ s/  +$/\t/;
            $out .= $part;
        }
        $line = $out . $line2;
    }
    return join "\n", @lines;
}

sub wrap {
    my ($first, $next, @texts) = @_;
    my $text = _expand(join '', map { /\s+\z/ ? $_ : "$_ " } grep { defined } @texts[0 .. $#texts - 1])
        . _expand($texts[-1] // '');
    my $lead = $first;
    my $room = $columns - length(_expand($first)) - 1;
    my $later = $columns - length(_expand($next)) - 1;
    $room = 1 if $room < 1;
    $later = 1 if $later < 1;
    my ($out, $glue, $rest) = ('', '', '');
    my $space = $break eq '(?=\s)\X' ? '\s' : $break;
    pos($text) = 0;
    while ($text !~ /\G(?:$space)*\z/gc) {
        if ($text =~ /\G((?:(?=[^\n]).){0,$room})($space|\n+|\z)/gc) {
            $out .= _unexpand($glue . $lead . $1);
            $rest = $2;
        } elsif ($huge eq 'wrap' && $text =~ /\G((?:(?=[^\n]).){$room})/gc) {
            $out .= _unexpand($glue . $lead . $1);
            $rest = defined $separator2 ? $separator2 : $separator;
        } elsif ($huge eq 'die') {
            die "couldn't wrap '$text'";
        } elsif ($text =~ /\G((?:(?=[^\n]).)*?)($space|\n+|\z)/gc) {
            $out .= _unexpand($glue . $lead . $1);
            $rest = $2;
        } else {
            die "This shouldn't happen";
        }
        $lead = $next;
        $room = $later;
        $glue = defined $separator2 ? ($rest eq "\n" ? "\n" : $separator2) : $separator;
        $glue = $rest if $rest =~ /^\n+\z/ && $separator eq "\n";
    }
    my $tail = $rest =~ /^\n/ ? $rest : '';
    return $out . $tail;
}

sub fill {
    my ($first, $next, @texts) = @_;
    my @out;
    for my $part (split /\n\s+/, join "\n", @texts) {
        $part =~ s/\s+/ /g;
        push @out, wrap($first, $next, $part);
    }
    return join $first eq $next ? "\n\n" : "\n", @out;
}
1;
