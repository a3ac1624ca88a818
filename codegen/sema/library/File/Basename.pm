# Perl's File::Basename.
package File::Basename;
our @EXPORT = qw(fileparse basename dirname fileparse_set_fstype);

sub fileparse_set_fstype { return 'Unix' }

sub fileparse {
    my ($path, @suffixes) = @_;
    my ($folder, $name) = $path =~ m{^(.*/)?(.*)$}s;
    $folder = './' unless defined $folder && length $folder;
    my $tail = '';
    for my $suffix (@suffixes) {
        $tail = $1 . $tail if $name =~ s/($suffix)\z//s;
    }
    return wantarray ? ($name, $folder, $tail) : $name;
}

sub basename {
    my ($path, @suffixes) = @_;
    $path =~ s{(.)/*\z}{$1}s;
    my ($name, $folder, $tail) = fileparse($path, map { "\Q$_\E" } @suffixes);
    $name = $tail if length $tail && !length $name;
    $name = $folder unless length $name;
    return $name;
}

sub dirname {
    my ($name, $folder) = fileparse($_[0]);
    $folder =~ s{(.)/*\z}{$1}s;
    if (!length $name) {
        ($name, $folder) = fileparse($folder);
        $folder =~ s{(.)/*\z}{$1}s;
    }
    return $folder;
}
1;
