# Perl's IPC::Open3: a child with pipes for what it reads, writes and complains.
package IPC::Open3;
our @EXPORT = qw(open3);

# A name of a handle, in the package of whoever asks.
sub _handle {
    my ($given, $package) = @_;
    return $given if ref $given || ref \$given eq 'GLOB';
    no strict 'refs';
    return \*{$given =~ /::|'/ ? $given : "${package}::$given"};
}

# What one stream of the child is made of: a handle of ours that it takes over, or a pipe.
sub _stream {
    my ($given, $package, $writes) = @_;
    if (defined $given && !ref $given && ref \$given ne 'GLOB' && $given =~ /\A[<>]&=?(.*)\z/s) {
        my $ours = $1;
        $ours = _handle($ours, $package) unless $ours =~ /\A\d+\z/;
        my $number = ref $ours ? fileno $ours : $ours;
        die "open3: $given is not open" unless defined $number;
        return {number => $number, ours => $ours};
    }
    pipe my $read, my $write or die "open3: pipe failed: $!";
    my ($child, $parent) = $writes ? ($write, $read) : ($read, $write);
    return {number => fileno $child, child => $child, parent => $parent};
}

# Puts our end of a pipe where the caller wants to have it, and gives the handle for a variable that has none.
sub _end {
    my ($stream, $package, $writes, $given) = @_;
    return $given unless $stream->{parent};
    my $handle = $stream->{parent};
    if (defined $given && (ref $given || ref \$given eq 'GLOB' || length $given)) {
        $handle = _handle($given, $package);
        open $handle, ($writes ? '<&' : '>&'), $stream->{parent} or die "open3: $!";
        close $stream->{parent};
    }
    if (!$writes) { my $before = select $handle; $| = 1; select $before }
    return defined $given && length $given ? $given : $handle;
}

sub open3 {
    my ($pid, @ends) = _start(scalar caller, @_);
    $_[0] = $ends[0] unless defined $_[0];
    $_[1] = $ends[1] unless defined $_[1];
    return $pid;
}

# Starts a command; the package of the caller stands first. Gives the process, and the handles to write to
# it, to read from it and to read its complaints from.
sub _start {
    my ($package, $input, $output, $complaints, @command) = @_;
    die "open3: no command" unless @command;
    my $in = _stream($input, $package, 0);
    my $out = _stream($output, $package, 1);
    my $joined = !defined $complaints || !ref $complaints && ref \$complaints ne 'GLOB' && $complaints eq '';
    my $error = $joined ? $out : _stream($complaints, $package, 1);
    # What fails in the child before the command runs is told through a pipe that the command does not have.
    pipe my $news, my $teller or die "open3: pipe failed: $!";
    my $pid = fork;
    die "open3: fork failed: $!" unless defined $pid;
    if (!$pid) {
        close $news;
        my @streams = ($in, $out, $error);
        my $fine = eval {
            my @kept = map { open my $copy, ($_ ? '>&' : '<&'), $streams[$_]{number} or die "$!\n"; $copy } 0 .. 2;
            close $_ for grep { defined } map { $_->{parent} } @streams;
            open STDIN, '<&', $kept[0] or die "$!\n";
            open STDOUT, '>&', $kept[1] or die "$!\n";
            open STDERR, '>&', $kept[2] or die "$!\n";
            close $_ for @kept;
            $command[0] eq '-' && @command == 1 or exec @command or die "$!\n";
            1;
        };
        if (!$fine) {
            syswrite $teller, $@;
            close $teller;
            require POSIX;
            POSIX::_exit(255);
        }
        close $teller;
        return 0;
    }
    close $teller;
    close $_ for grep { defined } map { $_->{child} } $in, $out, $joined ? () : $error;
    my $failure = <$news>;
    close $news;
    if (defined $failure) {
        chomp $failure;
        waitpid $pid, 0;
        require Carp;
        Carp::croak("open3: exec of @command failed: $failure");
    }
    my @ends = (_end($in, $package, 0, $input), _end($out, $package, 1, $output));
    push @ends, _end($error, $package, 1, $complaints) unless $joined;
    # A handle of ours that the child has as its input is not ours any more.
    close $in->{ours} if ref $in->{ours};
    return ($pid, @ends);
}
1;
