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

sub _input { return '' }

# All frames from one on, in the way of a trace.
sub _long {
    my ($message, $level) = @_;
    my @frame = caller($level);
    return $message . "\n" unless @frame;
    my $out = $message . _place(@frame[1, 2]);
    while (my @next = caller(++$level)) {
        my $what = $next[3] eq '(eval)' ? 'eval {...}' : "$next[3](" . CORE::__frame_args($level) . ')';
        $out .= "\t$what called at $next[1] line $next[2]\n";
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
sub longmess { return _long(_text(@_), 1) }

sub croak {
    die @_ if ref $_[0];
    my $text = _text(@_);
    die $Verbose ? _long($text, 1) : _short($text, 1);
}
sub confess { die @_ if ref $_[0]; die _long(_text(@_), 1) }
sub carp { my $text = _text(@_); warn $Verbose ? _long($text, 1) : _short($text, 1) }
sub cluck { warn _long(_text(@_), 1) }
1;
