# Perl's fields: the keys that the objects of a class may have.
package fields;
sub import {
    my ($class, @names) = @_;
    my $package = caller;
    no strict 'refs';
    my $known = \%{"${package}::FIELDS"};
    for my $name (@names) { $known->{$name} = 1 + keys %$known unless exists $known->{$name} }
    return;
}
sub _keys_of {
    my ($class) = @_;
    no strict 'refs';
    return ((map { _keys_of($_) } @{"${class}::ISA"}), keys %{"${class}::FIELDS"});
}
sub new {
    my $class = shift;
    $class = ref $class if ref $class;
    my $self = bless {}, $class;
    CORE::__restrict($self, _keys_of($class));
    return $self;
}
1;
