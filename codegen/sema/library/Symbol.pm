# Perl's Symbol.
package Symbol;
our @EXPORT = qw(gensym ungensym qualify qualify_to_ref);
our @EXPORT_OK = qw(delete_package geniosym);
sub gensym { open my $handle, '<', '/dev/null'; close $handle; return $handle }
sub ungensym { return }
sub qualify {
    my ($name, $package) = @_;
    return $name if ref $name || $name =~ /::|'/;
    $package = caller unless defined $package;
    return $name =~ /^(?:STDIN|STDOUT|STDERR|ENV|INC|ARGV|ARGVOUT|_)$|^[^A-Za-z_]/ ? "main::$name" : "${package}::$name";
}
1;
