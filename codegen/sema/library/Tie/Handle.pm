# Classes to tie handles to.
package Tie::Handle;

sub new { my $class = shift; return $class->TIEHANDLE(@_) }
sub _lacks { my ($class, $method) = @_; require Carp; Carp::croak("$class doesn't define a $method method") }
sub TIEHANDLE {
    my $class = shift;
    my $new = $class->can('new');
    return $class->new(@_) if $new && $new != \&Tie::Handle::new;
    _lacks($class, 'TIEHANDLE');
}

sub PRINT {
    my $self = shift;
    _lacks(ref $self, 'PRINT') if $self->can('WRITE') == \&Tie::Handle::WRITE;
    my $text = join defined $, ? $, : '', @_;
    $text .= $\ if defined $\;
    return $self->WRITE($text, length $text, 0);
}
sub PRINTF {
    my ($self, $format, @values) = @_;
    _lacks(ref $self, 'PRINTF') if $self->can('WRITE') == \&Tie::Handle::WRITE;
    my $text = sprintf $format, @values;
    return $self->WRITE($text, length $text, 0);
}
sub READLINE { _lacks(ref $_[0], 'READLINE') }
sub GETC {
    my $self = shift;
    _lacks(ref $self, 'GETC') if $self->can('READ') == \&Tie::Handle::READ;
    my $char;
    $self->READ($char, 1);
    return $char;
}
sub READ { _lacks(ref $_[0], 'READ') }
sub WRITE { _lacks(ref $_[0], 'WRITE') }
sub CLOSE { _lacks(ref $_[0], 'CLOSE') }

package Tie::StdHandle;
our @ISA = ('Tie::Handle');
sub TIEHANDLE {
    my ($class, @given) = @_;
    open my $handle, '<', '/dev/null';
    close $handle;
    my $self = bless {handle => $handle}, $class;
    $self->OPEN(@given) if @given;
    return $self;
}
sub EOF { return eof $_[0]{handle} }
sub TELL { return tell $_[0]{handle} }
sub FILENO { return fileno $_[0]{handle} }
sub SEEK { return seek $_[0]{handle}, $_[1], $_[2] }
sub CLOSE { return close $_[0]{handle} }
sub BINMODE { return @_ > 1 ? binmode $_[0]{handle}, $_[1] : binmode $_[0]{handle} }
sub OPEN {
    my ($self, $mode, @rest) = @_;
    $self->CLOSE if defined $self->FILENO;
    return @rest ? open $self->{handle}, $mode, $rest[0] : open $self->{handle}, $mode;
}
sub READ { my $handle = $_[0]{handle}; return @_ > 3 ? read $handle, $_[1], $_[2], $_[3] : read $handle, $_[1], $_[2] }
sub READLINE { my $handle = $_[0]{handle}; return <$handle> }
sub GETC { return getc $_[0]{handle} }
sub PRINT { my $self = shift; my $handle = $self->{handle}; return print $handle @_ }
sub PRINTF { my $self = shift; my $handle = $self->{handle}; my $format = shift; return printf $handle $format, @_ }
sub WRITE {
    my ($self, $text, $length, $from) = @_;
    my $handle = $self->{handle};
    return print $handle substr $text, $from // 0, $length // length $text;
}
1;
