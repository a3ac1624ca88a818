# Perl's IO::Handle. Its methods are those that every handle has.
package IO::Handle;
our @EXPORT_OK = qw(autoflush);
sub new { open my $handle, '<', '/dev/null'; close $handle; return $handle }
1;
