# Classes to tie arrays to.
package Tie::Array;

sub EXTEND { }
sub DESTROY { }
sub CLEAR { $_[0]->STORESIZE(0) }
sub UNSHIFT { my $self = shift; $self->SPLICE(0, 0, @_); return $self->FETCHSIZE }
sub SHIFT { return scalar $_[0]->SPLICE(0, 1) }

sub PUSH {
    my $self = shift;
    my $at = $self->FETCHSIZE;
    $self->STORE($at++, shift) while @_;
    return $at;
}

sub POP {
    my $self = shift;
    my $last = $self->FETCHSIZE - 1;
    return if $last < 0;
    my $value = $self->FETCH($last);
    $self->STORESIZE($last);
    return $value;
}

sub SPLICE {
    my $self = shift;
    my $size = $self->FETCHSIZE;
    my $from = @_ ? shift : 0;
    $from += $size if $from < 0;
    my $count = @_ ? shift : $size - $from;
    $count += $size - $from if $count < 0;
    $count = $size - $from if $count > $size - $from;
    my @gone = map { $self->FETCH($_) } $from .. $from + $count - 1;
    my @rest = map { $self->FETCH($_) } $from + $count .. $size - 1;
    my $at = $from;
    $self->STORE($at++, $_) for @_, @rest;
    $self->STORESIZE($at);
    return wantarray ? @gone : $gone[-1];
}

sub _lacks { my ($self, $method) = @_; require Carp; Carp::croak((ref $self) . " doesn't define a $method method") }
sub EXISTS { _lacks($_[0], 'EXISTS') }
sub DELETE { _lacks($_[0], 'DELETE') }

package Tie::StdArray;
our @ISA = ('Tie::Array');
sub TIEARRAY { return bless [], $_[0] }
sub FETCHSIZE { return scalar @{ $_[0] } }
sub STORESIZE { my ($self, $size) = @_; $#$self = $size - 1; return }
sub STORE { my ($self, $at, $value) = @_; return $self->[$at] = $value }
sub FETCH { my ($self, $at) = @_; return $self->[$at] }
sub CLEAR { my $self = shift; @$self = (); return }
sub POP { my $self = shift; return pop @$self }
sub PUSH { my $self = shift; return push @$self, @_ }
sub SHIFT { my $self = shift; return shift @$self }
sub UNSHIFT { my $self = shift; return unshift @$self, @_ }
sub EXISTS { my ($self, $at) = @_; return exists $self->[$at] }
sub DELETE { my ($self, $at) = @_; return delete $self->[$at] }

sub SPLICE {
    my $self = shift;
    my $size = $self->FETCHSIZE;
    my $from = @_ ? shift : 0;
    $from += $size if $from < 0;
    my $count = @_ ? shift : $size - $from;
    return splice @$self, $from, $count, @_;
}
1;
