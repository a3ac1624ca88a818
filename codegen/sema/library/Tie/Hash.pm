# Classes to tie hashes to.
package Tie::Hash;

sub new { my $class = shift; return $class->TIEHASH(@_) }
sub _lacks { my ($class, $method) = @_; require Carp; Carp::croak("$class doesn't define a $method method") }
sub TIEHASH {
    my $class = shift;
    my $new = $class->can('new');
    return $class->new(@_) if $new && $new != \&Tie::Hash::new;
    _lacks($class, 'TIEHASH');
}
sub EXISTS { _lacks(ref $_[0], 'EXISTS') }

sub CLEAR {
    my $self = shift;
    my @keys;
    for (my $key = $self->FIRSTKEY; defined $key; $key = $self->NEXTKEY($key)) { push @keys, $key }
    $self->DELETE($_) for @keys;
    return;
}

package Tie::StdHash;
our @ISA = ('Tie::Hash');
sub TIEHASH { return bless {}, $_[0] }
sub STORE { my ($self, $key, $value) = @_; $self->{$key} = $value; return }
sub FETCH { my ($self, $key) = @_; return $self->{$key} }
sub FIRSTKEY { my $self = shift; my $all = keys %$self; return each %$self }
sub NEXTKEY { my $self = shift; return each %$self }
sub EXISTS { my ($self, $key) = @_; return exists $self->{$key} }
sub DELETE { my ($self, $key) = @_; return delete $self->{$key} }
sub CLEAR { my $self = shift; %$self = (); return }
sub SCALAR { my $self = shift; return scalar %$self }

package Tie::ExtraHash;
our @ISA = ('Tie::Hash');
sub TIEHASH { my $class = shift; return bless [ {}, @_ ], $class }
sub STORE { my ($self, $key, $value) = @_; $self->[0]{$key} = $value; return }
sub FETCH { my ($self, $key) = @_; return $self->[0]{$key} }
sub FIRSTKEY { my $self = shift; my $all = keys %{ $self->[0] }; return each %{ $self->[0] } }
sub NEXTKEY { my $self = shift; return each %{ $self->[0] } }
sub EXISTS { my ($self, $key) = @_; return exists $self->[0]{$key} }
sub DELETE { my ($self, $key) = @_; return delete $self->[0]{$key} }
sub CLEAR { my $self = shift; %{ $self->[0] } = (); return }
sub SCALAR { my $self = shift; return scalar %{ $self->[0] } }
1;
