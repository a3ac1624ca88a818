# Perl's SelectSaver: the selected handle, as it was, when the object goes.
package SelectSaver;
sub new {
    my ($class, $handle) = @_;
    my $before = select;
    select $handle if @_ > 1;
    return bless \$before, $class;
}
sub DESTROY { my ($self) = @_; select $$self; return }
1;
