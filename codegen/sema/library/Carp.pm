# Perl's Carp: messages from where the caller called.
package Carp;
our @EXPORT = qw(confess croak carp);
our @EXPORT_OK = qw(cluck longmess shortmess verbose);
our $Verbose = 0;
our $CarpLevel = 0;
our %Internal;
our @CARP_NOT;

sub _trusts {
    my ($one, $two) = @_;
    return 1 if $one eq $two || $Internal{$two};
    return 1 if $one->isa($two) || $two->isa($one);
    return 0;
}

sub _place { my ($file, $line) = @_; return " at $file line $line" . _input() . ".\n" }

# Where the program is in what it reads, as `die` has it.
sub _input { return CORE::__input_place() }

our ($MaxArgLen, $MaxArgNums) = (64, 8);

# The arguments of a call, as a trace shows them.
sub _arguments {
    my @shown = map { _argument($_) } @_;
    splice @shown, $MaxArgNums, @shown - $MaxArgNums, '...' if $MaxArgNums && @shown > $MaxArgNums;
    return join ', ', @shown;
}

sub _argument {
    my ($value) = @_;
    return 'undef' unless defined $value;
    return CORE::__strval($value) if ref $value;
    return $value if $value =~ /\A-?[0-9]+(?:\.[0-9]*)?(?:[eE][-+]?[0-9]+)?\z/;
    my $more = '';
    if ($MaxArgLen > 2 && length $value > $MaxArgLen) {
        $value = substr $value, 0, $MaxArgLen - 3;
        $more = '...';
    }
    $value =~ s/(["\\\$\@])/\\$1/g;
    $value =~ s/([^ -~])/sprintf '\x{%x}', ord $1/ge;
    return qq("$value"$more);
}

# All frames from one on, in the way of a trace.
sub _long {
    my ($message, $level) = @_;
    my @frame = caller($level);
    return $message . "\n" unless @frame;
    my $out = $message . _place(@frame[1, 2]);
    while (my @next = caller(++$level)) {
        my $what = $next[3] eq '(eval)' ? 'eval {...}' : "$next[3](" . _arguments(CORE::__frame_args($level)) . ')';
        $out .= "\t$what called at $next[1] line $next[2]" . _input() . "\n";
    }
    return $out;
}

# The first frame whose package is neither that of the one who complains nor trusted by it.
sub _short {
    my ($message, $level) = @_;
    my @mine = caller($level);
    return $message . "\n" unless @mine;
    my $at = $level;
    while (my @frame = caller($at + 1)) {
        $at++;
        next if _trusts($mine[0], $frame[0]);
        return $message . _place(@frame[1, 2]);
    }
    return _long($message, $level + 1);
}

sub _text { return join '', map { defined $_ ? $_ : '' } @_ }

sub shortmess { return _short(_text(@_), 1) }
# From where the function was called that asks, where it was called.
sub longmess { my $level = () = caller(1); return _long(_text(@_), $level ? 2 : 1) }

sub croak {
    die @_ if ref $_[0];
    my $text = _text(@_);
    die $Verbose ? _long($text, 1) : _short($text, 1);
}
sub confess { die @_ if ref $_[0]; die _long(_text(@_), 1) }
sub carp { my $text = _text(@_); warn $Verbose ? _long($text, 1) : _short($text, 1) }
sub cluck { warn _long(_text(@_), 1) }
1;
