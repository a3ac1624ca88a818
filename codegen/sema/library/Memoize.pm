# Perl's Memoize.
package Memoize;
our @EXPORT = qw(memoize unmemoize flush_cache);
my (%before, %cache);
sub memoize {
    my ($what, %option) = @_;
    my $package = caller;
    my $name = ref $what ? undef : $what =~ /::/ ? $what : "${package}::$what";
    my $code = ref $what ? $what : CORE::__function($name);
    die "Cannot operate on nonexistent function `$what'" unless $code;
    my (%scalar, %list);
    my $key = $option{NORMALIZER};
    $key = CORE::__function("${package}::$key") if defined $key && !ref $key;
    my $wrapped = sub {
        my $by = $key ? $key->(@_) : join chr(28), map { defined $_ ? $_ : '' } @_;
        if (wantarray) {
            $list{$by} = [$code->(@_)] unless exists $list{$by};
            return @{$list{$by}};
        }
        $scalar{$by} = $code->(@_) unless exists $scalar{$by};
        return $scalar{$by};
    };
    if (defined $name) {
        $before{$name} = $code;
        $cache{$name} = [\%scalar, \%list];
        CORE::__define($option{INSTALL} ? ($option{INSTALL} =~ /::/ ? $option{INSTALL} : "${package}::$option{INSTALL}") : $name, $wrapped);
    }
    return $wrapped;
}
sub unmemoize { my $package = caller; my $name = $_[0] =~ /::/ ? $_[0] : "${package}::$_[0]"; CORE::__define($name, $before{$name}); return $before{$name} }
sub flush_cache { my $package = caller; my $name = $_[0] =~ /::/ ? $_[0] : "${package}::$_[0]"; %$_ = () for @{$cache{$name} || []}; return }
1;
