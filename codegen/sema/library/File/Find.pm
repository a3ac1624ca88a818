# Perl's File::Find.
package File::Find;
our @EXPORT = qw(find finddepth);
our ($name, $dir, $prune);

sub _walk {
    my ($set, $path, $depth) = @_;
    local $name = $path;
    my ($folder, $file) = $path =~ m{^(.*)/([^/]*)\z}s ? ($1 eq '' ? '/' : $1, $2) : ('.', $path);
    $folder = $path if $depth == 0 && -d $path;
    local $dir = $folder;
    local $prune = 0;
    my $is_folder = -d $path && ($depth == 0 || !-l $path || $set->{follow});
    my $call = sub {
        $name = $path;
        $dir = $folder;
        if ($set->{no_chdir}) {
            local $_ = $path;
            $set->{wanted}->();
        } else {
            my $back = CORE::cwd();
            chdir $folder;
            local $_ = $depth == 0 && $is_folder ? '.' : $file;
            $set->{wanted}->();
            chdir $back;
        }
    };
    $call->() unless $set->{bydepth};
    if ($is_folder && !$prune) {
        my @names;
        if (opendir my $handle, $path) {
            @names = readdir $handle;
            closedir $handle;
        }
        if ($set->{preprocess}) { local $dir = $path; @names = $set->{preprocess}->(@names) }
        for my $one (grep { $_ ne '.' && $_ ne '..' } @names) {
            _walk($set, $path =~ m{/\z} ? "$path$one" : "$path/$one", $depth + 1);
        }
        if ($set->{postprocess}) { local $dir = $path; $set->{postprocess}->() }
    }
    $call->() if $set->{bydepth};
    return;
}

sub find {
    my ($set, @paths) = @_;
    $set = {wanted => $set} if ref $set eq 'CODE';
    my $start = CORE::cwd();
    for my $path (@paths) {
        next unless -e $path || -l $path;
        if ($set->{no_chdir} || $path =~ m{^/}) { _walk($set, $path, 0) }
        else { _relative($set, $path, $start) }
    }
    return;
}

# Names stay relative while the directory changes: each is looked at from where the walk began.
sub _relative {
    my ($set, $path, $start) = @_;
    my $wanted = $set->{wanted};
    my %inner = (%$set, wanted => sub {
        local $name = $name;
        local $dir = $dir;
        $name =~ s{^\Q$start\E/}{};
        $dir =~ s{^\Q$start\E/?}{};
        $dir = '.' if $dir eq '';
        if ($path eq '.') { $name = $name eq $start ? '.' : "./$name"; $dir = "./$dir" unless $dir eq '.' }
        $wanted->();
    });
    my $full = $path eq '.' ? $start : "$start/$path";
    _walk(\%inner, $full, 0);
    return;
}

sub finddepth {
    my ($set, @paths) = @_;
    $set = {wanted => $set} if ref $set eq 'CODE';
    return find({%$set, bydepth => 1}, @paths);
}
1;
