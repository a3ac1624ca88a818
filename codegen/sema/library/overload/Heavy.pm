# `overload::import` and `overload::unimport`, called by name while a program runs.
package overload::Heavy;
sub _set {
    my ($package, $operator, $function) = @_;
    no strict 'refs';
    *{"${package}::($operator"} = $operator eq 'fallback' ? \$function : $function;
    return;
}
sub overload::import {
    my ($self, @pairs) = @_;
    my $package = caller;
    while (my ($operator, $function) = splice @pairs, 0, 2) { _set($package, $operator, $function) }
    return;
}
sub overload::unimport {
    my ($self, @operators) = @_;
    my $package = caller;
    no strict 'refs';
    for my $operator (@operators) { undef *{"${package}::($operator"} if defined &{"${package}::($operator"} }
    return;
}
1;
