# Perl's Text::ParseWords.
package Text::ParseWords;
our @EXPORT = qw(shellwords quotewords nested_quotewords parse_line);
our @EXPORT_OK = qw(old_shellwords);

sub shellwords {
    my @lines = @_ ? @_ : $_;
    my @out;
    for my $line (@lines) {
        $line =~ s/^\s+//;
        my @words = parse_line('\s+', 0, $line);
        pop @words if @words && !defined $words[-1];
        return if !@words && length $line;
        push @out, @words;
    }
    return @out;
}

sub quotewords {
    my ($delimiter, $keep, @lines) = @_;
    my @out;
    for my $line (@lines) {
        my @words = parse_line($delimiter, $keep, $line);
        return if !@words && length $line;
        push @out, @words;
    }
    return @out;
}

sub nested_quotewords {
    my ($delimiter, $keep, @lines) = @_;
    return map { [quotewords($delimiter, $keep, $_)] } @lines;
}

sub parse_line {
    my ($delimiter, $keep, $line) = @_;
    my ($word, @out);
    return unless defined $line;
    while (length $line) {
        $line =~ s/^(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|(\\.?)|((?:(?!$delimiter)[^\\'"])+))?($delimiter)?//s or return;
        my ($double, $single, $escape, $bare, $end) = ($1, $2, $3, $4, $5);
        return () unless defined $double || defined $single || defined $escape || defined $bare || defined $end && length $end;
        if ($keep) {
            $double = "\"$double\"" if defined $double;
            $single = "'$single'" if defined $single;
        } else {
            $double =~ s/\\(.)/$1/sg if defined $double;
            $single =~ s/\\([\\'])/$1/g if defined $single && 0;
            $escape =~ s/^\\(.)/$1/s if defined $escape;
        }
        my $part = defined $double ? $double : defined $single ? $single : defined $escape ? $escape : $bare;
        $word = (defined $word ? $word : '') . $part if defined $part;
        if (defined $end && length $end) {
            push @out, $word;
            push @out, $end if $keep eq 'delimiters';
            undef $word;
        }
        push @out, $word if !length $line && (defined $word || defined $end && length $end);
    }
    return @out;
}
1;
