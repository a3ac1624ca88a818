# Of Perl's IPC::Cmd: finding and running commands.
package IPC::Cmd;
our @EXPORT_OK = qw(can_run run run_forked QUOTE);
our $VERBOSE = 0;
sub can_run {
    my ($command) = @_;
    return -x $command && !-d _ ? $command : undef if $command =~ m{/};
    for my $folder (split /:/, $ENV{PATH}) {
        my $path = "$folder/$command";
        return $path if -f $path && -x _;
    }
    return;
}
sub run {
    my %option = @_;
    my @command = ref $option{command} ? @{ $option{command} } : ('/bin/sh', '-c', $option{command});
    require IPC::Open3;
    require IO::Select;
    my ($out, $err) = (undef, do { open my $handle, '<', '/dev/null'; $handle });
    my $child = IPC::Open3::open3(my $in, $out, $err, @command);
    close $in;
    my (@both, @stdout, @stderr);
    my $ready = IO::Select->new($out, $err);
    while (my @some = $ready->can_read) {
        for my $handle (@some) {
            if (!sysread $handle, my $part, 65536) { $ready->remove($handle); next }
            else {
                push @both, $part;
                push @{ $handle == $out ? \@stdout : \@stderr }, $part;
                print $part if $option{verbose};
            }
        }
    }
    waitpid $child, 0;
    ${ $option{buffer} } = join '', @both if $option{buffer};
    my $good = $? == 0;
    my $message = $good ? undef : "'$command[-1]' exited with value " . ($? >> 8);
    return wantarray ? ($good, $message, \@both, \@stdout, \@stderr) : $good;
}
1;
