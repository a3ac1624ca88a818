# Perl's FileHandle: IO::File under its older name.
package FileHandle;
use IO::File;
our @ISA = qw(IO::File);
our @EXPORT = qw(O_RDONLY O_WRONLY O_RDWR O_CREAT O_EXCL O_TRUNC O_APPEND SEEK_SET SEEK_CUR SEEK_END);
our @EXPORT_OK = qw(pipe);
use constant { O_RDONLY => 0, O_WRONLY => 1, O_RDWR => 2, O_CREAT => 64, O_EXCL => 128, O_TRUNC => 512, O_APPEND => 1024, SEEK_SET => 0, SEEK_CUR => 1, SEEK_END => 2 };

sub new { my $class = shift; return IO::File->new(@_) }
# The ends of a pipe, where handles for them are given.
sub pipe { return CORE::pipe($_[0], $_[1]) }
1;
