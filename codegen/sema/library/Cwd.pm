# Perl's Cwd.
package Cwd;
our @EXPORT = qw(cwd getcwd fastcwd fastgetcwd);
our @EXPORT_OK = qw(chdir abs_path fast_abs_path realpath fast_realpath);
sub cwd { return CORE::cwd() }
sub getcwd { return CORE::cwd() }
sub fastcwd { return CORE::cwd() }
sub fastgetcwd { return CORE::cwd() }
sub abs_path {
    my $path = @_ ? $_[0] : '.';
    $path = CORE::cwd() . "/$path" unless $path =~ m{^/};
    my @todo = grep { length && $_ ne '.' } split m{/}, $path;
    my ($done, $links) = ('', 0);
    while (@todo) {
        my $part = shift @todo;
        next if $part eq '' || $part eq '.';
        if ($part eq '..') { $done =~ s{/[^/]*\z}{}; next }
        my $next = "$done/$part";
        if (-l $next) {
            return undef if ++$links > 40;
            my $to = readlink $next;
            $done = '' if $to =~ m{^/};
            unshift @todo, split m{/}, $to;
            next;
        }
        return undef if !-e $next && grep { length } @todo;
        $done = $next;
    }
    return length $done ? $done : '/';
}
sub realpath { return abs_path(@_) }
sub fast_abs_path { return abs_path(@_) }
sub fast_realpath { return abs_path(@_) }
1;
