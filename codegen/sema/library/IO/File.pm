# Perl's IO::File. Its methods are those that every handle has.
package IO::File;
our @EXPORT = qw(O_RDONLY O_WRONLY O_RDWR O_CREAT O_EXCL O_TRUNC O_APPEND SEEK_SET SEEK_CUR SEEK_END);
use constant { O_RDONLY => 0, O_WRONLY => 1, O_RDWR => 2, O_CREAT => 64, O_EXCL => 128, O_TRUNC => 512, O_APPEND => 1024, SEEK_SET => 0, SEEK_CUR => 1, SEEK_END => 2 };

sub new {
    my ($class, $path, $mode, $permissions) = @_;
    my $handle;
    if (!defined $path) { open $handle, '<', '/dev/null'; close $handle; return $handle }
    if (!defined $mode) { open $handle, $path =~ /^\s*[<>+|]|\|\s*$/ ? $path : "< $path" or return undef; return $handle }
    if ($mode =~ /^\d+$/) {
        sysopen $handle, $path, $mode, defined $permissions ? $permissions : 0666 or return undef;
        return $handle;
    }
    my %perl = (r => '<', w => '>', a => '>>', 'r+' => '+<', 'w+' => '+>', 'a+' => '+>>');
    (my $letters = $mode) =~ s/b//;
    $mode = $perl{$letters} if exists $perl{$letters};
    open $handle, $mode, $path or return undef;
    return $handle;
}
sub new_tmpfile { open my $handle, '+>', undef or return undef; return $handle }
1;
