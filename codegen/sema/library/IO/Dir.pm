# Perl's IO::Dir: directories as objects, and as hashes of what is known of their files.
package IO::Dir;
use Tie::Hash;
use File::stat ();
our @ISA = ('Tie::Hash');
our @EXPORT_OK = qw(DIR_UNLINK);
sub DIR_UNLINK () { return 1 }

sub new {
    my ($class, $folder) = @_;
    my $self = bless {}, $class;
    return $self if @_ < 2;
    return $self->open($folder) ? $self : undef;
}
sub open {
    my ($self, $folder) = @_;
    opendir my $handle, $folder or return '';
    @$self{qw(handle folder)} = ($handle, $folder);
    return 1;
}
sub close { my $self = shift; my $handle = delete $self->{handle} or return ''; return closedir $handle }
sub read { my $self = shift; my $handle = $self->{handle} or return; return readdir $handle }
sub rewind { my $self = shift; rewinddir $self->{handle}; return 1 }
sub tell { my $self = shift; return telldir $self->{handle} }
sub seek { my ($self, $place) = @_; seekdir $self->{handle}, $place; return 1 }

sub TIEHASH {
    my ($class, $folder, $options) = @_;
    my $self = $class->new($folder) or return;
    $self->{unlinks} = $options;
    return $self;
}
sub _path { my ($self, $name) = @_; return "$self->{folder}/$name" }
sub FIRSTKEY { my $self = shift; $self->rewind; return scalar $self->read }
sub NEXTKEY { my $self = shift; return scalar $self->read }
sub EXISTS { my ($self, $name) = @_; return -e $self->_path($name) }
sub FETCH { my ($self, $name) = @_; return File::stat::lstat($self->_path($name)) }
sub STORE {
    my ($self, $name, $times) = @_;
    my ($read, $written) = ref $times ? @$times : ($times, $times);
    my $path = $self->_path($name);
    if (!-e $path) { CORE::open my $new, '>', $path or return; CORE::close $new }
    utime $read, $written, $path if defined $read;
    return;
}
sub DELETE {
    my ($self, $name) = @_;
    return '' unless $self->{unlinks};
    my $path = $self->_path($name);
    return -d $path ? rmdir $path : unlink $path;
}
1;
