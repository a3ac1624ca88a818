# Perl's Digest: the classes of digests by the names of their algorithms.
package Digest;
my %classes = ('MD5' => ['Digest::MD5'], 'SHA' => ['Digest::SHA', 1], map { ("SHA-$_" => ['Digest::SHA', $_]) } 1, 224, 256, 384, 512);
sub new {
    my (undef, $algorithm, @rest) = @_;
    require Digest::MD5;
    require Digest::SHA;
    my ($class, @given) = $classes{$algorithm} ? @{ $classes{$algorithm} } : ("Digest::$algorithm");
    return $class->new(@given, @rest);
}
our $AUTOLOAD;
sub AUTOLOAD {
    my $class = shift;
    my $algorithm = substr $AUTOLOAD, rindex($AUTOLOAD, ':') + 1;
    return if $algorithm eq 'DESTROY';
    return $class->new($algorithm, @_);
}
1;
