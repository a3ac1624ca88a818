# Perl's File::Path.
package File::Path;
our @EXPORT = qw(mkpath rmtree);
our @EXPORT_OK = qw(make_path remove_tree);

sub make_path {
    my @paths = @_;
    my $options = @paths && ref $paths[-1] ? pop @paths : {};
    my $mode = $options->{mode} // $options->{mask} // 0777;
    my @made;
    for my $path (@paths) {
        my $done = $path =~ m{^/} ? '/' : '';
        for my $part (grep { length } split m{/}, $path) {
            $done .= $done eq '' || $done eq '/' ? $part : "/$part";
            next if -d $done;
            if (mkdir $done, $mode) { push @made, $done }
            elsif (!-d $done) { die "mkdir $done: $!" unless $options->{error} }
        }
    }
    return @made;
}
sub mkpath {
    my @given = @_;
    return make_path(@given) if @given && ref $given[-1] eq 'HASH';
    my $paths = shift @given;
    return make_path(ref $paths ? @$paths : ($paths, grep { !/^\d*$/ } @given));
}
sub _remove {
    my ($path) = @_;
    my $n = 0;
    if (-d $path && !-l $path) {
        opendir my $folder, $path or return 0;
        my @names = grep { $_ ne '.' && $_ ne '..' } readdir $folder;
        closedir $folder;
        $n += _remove("$path/$_") for @names;
        $n++ if rmdir $path;
    } elsif (-e $path || -l $path) {
        $n++ if unlink $path;
    }
    return $n;
}
sub remove_tree {
    my @paths = @_;
    my $options = @paths && ref $paths[-1] ? pop @paths : {};
    my $n = 0;
    for my $path (@paths) {
        if ($options->{keep_root} && -d $path) {
            opendir my $folder, $path or next;
            my @names = grep { $_ ne '.' && $_ ne '..' } readdir $folder;
            closedir $folder;
            $n += _remove("$path/$_") for @names;
        } else {
            $n += _remove($path);
        }
    }
    return $n;
}
sub rmtree { my ($paths, @rest) = @_; return remove_tree(ref $paths ? @$paths : ($paths, grep { !/^\d*$/ } @rest)) }
1;
