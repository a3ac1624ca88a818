# Perl's File::Temp.
package File::Temp;
use overload '""' => sub { return $_[0]->filename }, fallback => 1;
our @EXPORT = qw(tempfile tempdir);
our @EXPORT_OK = qw(tmpnam mktemp mkstemp mkdtemp unlink0 cleanup SEEK_SET SEEK_CUR SEEK_END);
our $KEEP_ALL = 0;
my (@files, @folders, %handles);
my $maker = $$;

sub _name {
    my ($template, $suffix) = @_;
    my @letter = ('A' .. 'Z', 'a' .. 'z', 0 .. 9);
    $template =~ s{X(?=X*\z)}{$letter[int rand @letter]}ge;
    return $template . $suffix;
}
sub _path {
    my ($template, %option) = @_;
    my $folder = $option{DIR};
    $folder = $ENV{TMPDIR} // '/tmp' if !defined $folder && (!defined $template || $option{TMPDIR});
    $template = 'XXXXXXXXXX' unless defined $template;
    my $suffix = $option{SUFFIX} // '';
    for (1 .. 256) {
        my $path = _name($template, $suffix);
        $path = "$folder/$path" if defined $folder;
        return $path unless -e $path;
    }
    die "Error in tempfile() using template $template: could not create a name";
}
sub _given { return @_ % 2 ? @_ : (undef, @_) }

sub tempfile {
    my ($template, %option) = _given(@_);
    my $path = _path($template, %option);
    open my $handle, '+>', $path or die "Error in tempfile() using template: Could not create temp file $path: $!";
    push @files, $path if $option{UNLINK};
    return wantarray ? ($handle, $path) : $handle;
}
sub tempdir {
    my ($template, %option) = _given(@_);
    my $path = _path($template, %option);
    mkdir $path, 0700 or die "Error in tempdir() using $path: $!";
    push @folders, $path if $option{CLEANUP};
    return $path;
}
sub mkdtemp { return tempdir($_[0]) }
sub mkstemp { return tempfile($_[0]) }
sub mktemp { return _name($_[0], '') }
sub tmpnam { return _path(undef) }

sub new {
    my ($class, @given) = @_;
    my ($template, %option) = _given(@given);
    $template = delete $option{TEMPLATE} if exists $option{TEMPLATE};
    my $path = _path($template, %option);
    open my $handle, '+>', $path or die "Error in tempfile(): Could not create temp file $path: $!";
    push @files, $path unless exists $option{UNLINK} && !$option{UNLINK};
    $handles{CORE::__refaddr($handle)} = $path;
    return bless $handle, $class;
}
sub newdir {
    my ($class, @given) = @_;
    my ($template, %option) = _given(@given);
    my $path = _path($template, %option);
    mkdir $path, 0700 or die "Error in tempdir(): $!";
    push @folders, $path;
    return bless {name => $path}, 'File::Temp::Dir';
}
sub filename { return $handles{CORE::__refaddr($_[0])} }
sub unlink_on_destroy { return 1 }

sub _remove {
    my $path = shift;
    if (-d $path && !-l $path) {
        opendir my $folder, $path or return;
        my @names = grep { $_ ne '.' && $_ ne '..' } readdir $folder;
        closedir $folder;
        _remove("$path/$_") for @names;
        rmdir $path;
    } else {
        unlink $path;
    }
    return;
}
sub cleanup {
    return if $KEEP_ALL || $$ != $maker;
    unlink @files;
    _remove($_) for @folders;
    return;
}
END { my $status = $?; cleanup(); $? = $status }

package File::Temp::Dir;
use overload '""' => sub { return $_[0]{name} }, fallback => 1;
sub dirname { return $_[0]{name} }
1;
