# Perl's File::Copy.
package File::Copy;
our @EXPORT = qw(copy move cp mv);
our @EXPORT_OK = qw(syscopy);

sub _handle { my $x = shift; return ref $x || ref \$x eq 'GLOB' }

sub copy {
    my ($from, $to) = @_;
    my ($in, $out);
    if (!_handle($from) && !_handle($to) && -d $to) { $from =~ m{([^/]*)\z}; $to = "$to/$1" }
    if (_handle($from)) { $in = $from } else { open $in, '<', $from or return 0; binmode $in }
    if (_handle($to)) { $out = $to } else { open $out, '>', $to or return 0; binmode $out }
    my $buffer;
    while (read $in, $buffer, 65536) { print $out $buffer or return 0 }
    close $in unless _handle($from);
    unless (_handle($to)) { close $out or return 0 }
    return 1;
}
sub cp {
    my ($from, $to) = @_;
    copy($from, $to) or return 0;
    return 1 if _handle($from) || _handle($to);
    if (-d $to) { $from =~ m{([^/]*)\z}; $to = "$to/$1" }
    chmod((stat $from)[2] & 07777, $to);
    return 1;
}
sub move {
    my ($from, $to) = @_;
    if (-d $to && !-d $from) { $from =~ m{([^/]*)\z}; $to = "$to/$1" }
    return 1 if rename $from, $to;
    copy($from, $to) or return 0;
    return unlink $from;
}
sub mv { return move(@_) }
sub syscopy { return copy(@_) }
1;
