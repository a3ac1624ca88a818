# Perl's IPC::Open2: a child with pipes for what it reads and writes.
package IPC::Open2;
use IPC::Open3;
our @EXPORT = qw(open2);
sub open2 {
    my ($output, $input, @command) = @_;
    my ($pid, @ends) = IPC::Open3::_start(scalar caller, $input, $output, '>&STDERR', @command);
    $_[0] = $ends[1] unless defined $_[0];
    $_[1] = $ends[0] unless defined $_[1];
    return $pid;
}
1;
