# Perl's IO::Select: several handles to wait for.
package IO::Select;

sub new { my $class = shift; my $self = bless {handles => []}, $class; $self->add(@_); return $self }
# A handle may stand first in an array with what belongs to it, and may be a number.
sub _number { my ($handle) = @_; $handle = $handle->[0] if ref $handle eq 'ARRAY'; return defined $handle && $handle =~ /\A\d+\z/ ? $handle : fileno $handle }
sub add {
    my ($self, @more) = @_;
    my $added = 0;
    for my $handle (map { ref $_ eq 'IO::Select' ? $_->handles : $_ } @more) {
        my $number = _number($handle);
        next unless defined $number;
        $added++ unless defined $self->{handles}[$number];
        $self->{handles}[$number] = $handle;
    }
    return $added;
}
sub remove {
    my ($self, @gone) = @_;
    my $removed = 0;
    for my $handle (@gone) {
        my $number = _number($handle);
        # One that was closed has no number any more.
        ($number) = grep { _is($self->{handles}[$_], $handle) } 0 .. $#{$self->{handles}} unless defined $number;
        next unless defined $number && defined $self->{handles}[$number];
        $self->{handles}[$number] = undef;
        $removed++;
    }
    return $removed;
}
sub _is { my ($one, $two) = @_; return ref $one && ref $two && CORE::__refaddr($one) == CORE::__refaddr($two) }
sub exists { my ($self, $handle) = @_; my $number = _number($handle); return defined $number ? $self->{handles}[$number] : undef }
sub handles { my ($self) = @_; return grep { defined } @{$self->{handles}} }
sub count { my ($self) = @_; my @all = $self->handles; return scalar @all }
sub bits {
    my ($self) = @_;
    my $bits = '';
    for my $number (0 .. $#{$self->{handles}}) { vec($bits, $number, 1) = 1 if defined $self->{handles}[$number] }
    return length $bits ? $bits : undef;
}
sub _marked { my ($self, $bits) = @_; return grep { defined $_ && vec $bits, _number($_), 1 } @{$self->{handles}} }
sub can_read { my ($self, $wait) = @_; my $bits = $self->bits; return defined $bits && CORE::select($bits, undef, undef, $wait) > 0 ? $self->_marked($bits) : () }
sub can_write { my ($self, $wait) = @_; my $bits = $self->bits; return defined $bits && CORE::select(undef, $bits, undef, $wait) > 0 ? $self->_marked($bits) : () }
sub has_exception { my ($self, $wait) = @_; my $bits = $self->bits; return defined $bits && CORE::select(undef, undef, $bits, $wait) > 0 ? $self->_marked($bits) : () }
sub select {
    shift if defined $_[0] && !ref $_[0];
    my ($reads, $writes, $errors, $wait) = @_;
    my ($read, $write, $error) = map { defined $_ ? $_->bits : undef } $reads, $writes, $errors;
    return unless CORE::select($read, $write, $error, $wait) > 0;
    return (
        $reads ? [$reads->_marked($read)] : [],
        $writes ? [$writes->_marked($write)] : [],
        $errors ? [$errors->_marked($error)] : [],
    );
}
1;
