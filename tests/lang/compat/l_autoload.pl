# the specification, section 7.4: AUTOLOAD, can and DESTROY
package Lazy;
our $AUTOLOAD;
my $made = 0;
sub new { $made++; bless { v => $_[1] }, $_[0] }
sub AUTOLOAD {
    my $self = shift;
    (my $n = $AUTOLOAD) =~ s/.*:://;
    return if $n eq 'DESTROY';
    die "no method $n\n" unless $n =~ /^get_(\w+)/;
    return "$1=" . ($self->{$1} // 'none');
}
package main;
my $l = Lazy->new(5);
print $l->get_v, " ", $l->get_other, "\n";
eval { $l->set_v(1) };
print $@;
print Lazy->can('get_v') ? 1 : 0, Lazy->can('new') ? 1 : 0, "\n";
