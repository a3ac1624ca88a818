# Perl's Term::ANSIColor.
package Term::ANSIColor;
our @EXPORT = qw(color colored);
our @EXPORT_OK = qw(uncolor colorstrip colorvalid coloralias);
our %EXPORT_TAGS = (constants => [qw(CLEAR RESET BOLD DARK FAINT ITALIC UNDERLINE UNDERSCORE BLINK REVERSE CONCEALED
    BLACK RED GREEN YELLOW BLUE MAGENTA CYAN WHITE ON_BLACK ON_RED ON_GREEN ON_YELLOW ON_BLUE ON_MAGENTA ON_CYAN ON_WHITE
    BRIGHT_BLACK BRIGHT_RED BRIGHT_GREEN BRIGHT_YELLOW BRIGHT_BLUE BRIGHT_MAGENTA BRIGHT_CYAN BRIGHT_WHITE)],
    pushpop => [qw(PUSHCOLOR POPCOLOR LOCALCOLOR)]);
our ($AUTORESET, $EACHLINE);
my %code = (clear => 0, reset => 0, bold => 1, dark => 2, faint => 2, italic => 3, underline => 4, underscore => 4, blink => 5, reverse => 7, concealed => 8);
{
    my $n = 0;
    for my $name (qw(black red green yellow blue magenta cyan white)) {
        $code{$name} = 30 + $n;
        $code{"on_$name"} = 40 + $n;
        $code{"bright_$name"} = 90 + $n;
        $code{"on_bright_$name"} = 100 + $n;
        $n++;
    }
}

sub _code {
    my $name = lc shift;
    return $code{$name} if exists $code{$name};
    return "38;5;$1" if $name =~ /^ansi(\d+)$/;
    return "48;5;$1" if $name =~ /^on_ansi(\d+)$/;
    return '38;5;' . (16 + 36 * $1 + 6 * $2 + $3) if $name =~ /^rgb([0-5])([0-5])([0-5])$/;
    return '48;5;' . (16 + 36 * $1 + 6 * $2 + $3) if $name =~ /^on_rgb([0-5])([0-5])([0-5])$/;
    return '38;5;' . (232 + $1) if $name =~ /^grey(\d+)$/;
    return undef;
}
sub color {
    my @codes;
    for my $name (map { split /[\s,]+/ } @_) {
        next unless length $name;
        my $code = _code($name);
        if (!defined $code) { my @at = caller; die "Invalid attribute name $name at $at[1] line $at[2].\n" }
        push @codes, $code;
    }
    return @codes ? "\e[" . join(';', @codes) . 'm' : '';
}
sub colored {
    my ($first, @rest) = @_;
    my ($text, @names);
    if (ref $first) { @names = @$first; $text = join '', @rest } else { $text = $first; @names = @rest }
    my $on = color(@names);
    return $text if $on eq '';
    if (defined $EACHLINE) {
        return join '', map { $_ ne $EACHLINE && length ? "$on$_\e[0m" : $_ } grep { length } split /(\Q$EACHLINE\E)/, $text;
    }
    return length $text ? "$on$text\e[0m" : '';
}
sub colorvalid { for (map { split } @_) { return '' unless defined _code($_) } return 1 }
sub colorstrip { my @out = @_; s/\e\[[\d;]*m//g for @out; return wantarray ? @out : join '', @out }
sub uncolor {
    my %name = reverse %code;
    $name{0} = 'reset';
    $name{2} = 'faint';
    $name{4} = 'underline';
    return map { $name{$_ + 0} } map { s/^\e\[//r =~ s/m\z//r } map { split /;/ } @_;
}
sub _wrap { my $code = shift; my $text = "\e[${code}m" . join('', @_); $text .= "\e[0m" if $AUTORESET && @_; return $text }
sub CLEAR { return _wrap(0, @_) }
sub RESET { return _wrap(0, @_) }
sub BOLD { return _wrap(1, @_) }
sub DARK { return _wrap(2, @_) }
sub FAINT { return _wrap(2, @_) }
sub ITALIC { return _wrap(3, @_) }
sub UNDERLINE { return _wrap(4, @_) }
sub UNDERSCORE { return _wrap(4, @_) }
sub BLINK { return _wrap(5, @_) }
sub REVERSE { return _wrap(7, @_) }
sub CONCEALED { return _wrap(8, @_) }
sub BLACK { return _wrap(30, @_) }
sub RED { return _wrap(31, @_) }
sub GREEN { return _wrap(32, @_) }
sub YELLOW { return _wrap(33, @_) }
sub BLUE { return _wrap(34, @_) }
sub MAGENTA { return _wrap(35, @_) }
sub CYAN { return _wrap(36, @_) }
sub WHITE { return _wrap(37, @_) }
sub ON_BLACK { return _wrap(40, @_) }
sub ON_RED { return _wrap(41, @_) }
sub ON_GREEN { return _wrap(42, @_) }
sub ON_YELLOW { return _wrap(43, @_) }
sub ON_BLUE { return _wrap(44, @_) }
sub ON_MAGENTA { return _wrap(45, @_) }
sub ON_CYAN { return _wrap(46, @_) }
sub ON_WHITE { return _wrap(47, @_) }
sub BRIGHT_BLACK { return _wrap(90, @_) }
sub BRIGHT_RED { return _wrap(91, @_) }
sub BRIGHT_GREEN { return _wrap(92, @_) }
sub BRIGHT_YELLOW { return _wrap(93, @_) }
sub BRIGHT_BLUE { return _wrap(94, @_) }
sub BRIGHT_MAGENTA { return _wrap(95, @_) }
sub BRIGHT_CYAN { return _wrap(96, @_) }
sub BRIGHT_WHITE { return _wrap(97, @_) }
1;
