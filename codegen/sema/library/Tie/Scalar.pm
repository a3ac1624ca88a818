# Classes to tie scalars to.
package Tie::Scalar;

sub new { my $class = shift; return $class->TIESCALAR(@_) }
sub _lacks { my ($class, $method) = @_; require Carp; Carp::croak("$class doesn't define a $method method") }
sub TIESCALAR {
    my $class = shift;
    my $new = $class->can('new');
    return $class->new(@_) if $new && $new != \&Tie::Scalar::new;
    _lacks($class, 'TIESCALAR');
}
sub FETCH { _lacks(ref $_[0], 'FETCH') }
sub STORE { _lacks(ref $_[0], 'STORE') }

package Tie::StdScalar;
our @ISA = ('Tie::Scalar');
sub TIESCALAR { my ($class, $value) = @_; return bless \$value, $class }
sub FETCH { return ${ $_[0] } }
sub STORE { my ($self, $value) = @_; $$self = $value; return }
1;
