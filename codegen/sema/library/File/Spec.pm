# Perl's File::Spec, for Unix.
package File::Spec;

sub canonpath {
    my ($self, $path) = @_;
    return unless defined $path;
    my $lead = '';
    $path =~ s{/{2,}}{/}g;
    $path =~ s{(?:/\.)+(?:/|\z)}{/}g;
    $path =~ s{^(?:\./)+}{}s unless $path eq './';
    $path =~ s{^/(?:\.\./)*\.\.\z}{/};
    $path =~ s{^/(?:\.\./)+}{/};
    $path =~ s{/\z}{} unless $path eq '/';
    return $path;
}
sub catdir { my $self = shift; return $self->canonpath(join '/', @_, '') }
sub catfile {
    my $self = shift;
    my $file = $self->canonpath(pop @_);
    return $file unless @_;
    my $folder = $self->catdir(@_);
    $folder .= '/' unless substr($folder, -1) eq '/';
    return $folder . $file;
}
sub join { my $self = shift; return $self->catfile(@_) }
sub curdir { return '.' }
sub updir { return '..' }
sub rootdir { return '/' }
sub devnull { return '/dev/null' }
sub tmpdir {
    for my $folder ($ENV{TMPDIR}, '/tmp') { return $_[0]->canonpath($folder) if defined $folder && length $folder && -d $folder && -w $folder }
    return '.';
}
sub case_tolerant { return 0 }
sub path { return map { $_ eq '' ? '.' : $_ } split /:/, $ENV{PATH} // '', -1 }
sub no_upwards { my $self = shift; return grep { !/^\.{1,2}\z/s } @_ }
sub file_name_is_absolute { return $_[1] =~ m{^/}s ? 1 : '' }
sub splitpath {
    my ($self, $path, $no_file) = @_;
    return ('', $path, '') if $no_file;
    $path =~ m{^((?:.*/(?:\.\.?\z)?)?)([^/]*)}s;
    return ('', $1, $2);
}
sub splitdir { return split m{/}, $_[1], -1 }
sub catpath {
    my ($self, $volume, $folder, $file) = @_;
    if ($folder ne '' && $file ne '' && substr($folder, -1) ne '/' && substr($file, 0, 1) ne '/') { return "$folder/$file" }
    return $folder . $file;
}
sub rel2abs {
    my ($self, $path, $base) = @_;
    if (!$self->file_name_is_absolute($path)) {
        $base = CORE::cwd() if !defined $base || $base eq '';
        $base = $self->rel2abs($base) unless $self->file_name_is_absolute($base);
        $path = $self->catdir($base, $path);
    }
    return $self->canonpath($path);
}
sub abs2rel {
    my ($self, $path, $base) = @_;
    $base = CORE::cwd() if !defined $base || $base eq '';
    my @to = grep { length } split m{/}, $self->rel2abs($path);
    my @from = grep { length } split m{/}, $self->rel2abs($base);
    while (@to && @from && $to[0] eq $from[0]) { shift @to; shift @from }
    my $way = CORE::join('/', ('..') x @from, @to);
    return length $way ? $way : '.';
}
1;
