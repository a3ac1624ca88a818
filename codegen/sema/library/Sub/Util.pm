# Perl's Sub::Util: names and prototypes of functions. What defines no function here is a builtin.
package Sub::Util;
our @EXPORT_OK = qw(prototype subname);
sub subname {
    my ($code) = @_;
    my $name = CORE::__subname($code);
    if (!defined $name) { require Carp; Carp::croak('Not a subroutine reference') }
    return $name;
}
1;
