# Perl's Socket: addresses, and numbers of Linux.
package Socket;
our @EXPORT = qw(AF_INET AF_INET6 AF_UNIX AF_UNSPEC PF_INET PF_INET6 PF_UNIX PF_UNSPEC SOCK_STREAM SOCK_DGRAM SOCK_RAW
    SOL_SOCKET SO_REUSEADDR SO_KEEPALIVE SO_BROADCAST SO_ERROR SO_TYPE SO_RCVBUF SO_SNDBUF SO_LINGER SO_RCVTIMEO SO_SNDTIMEO SO_REUSEPORT SOMAXCONN
    IPPROTO_TCP IPPROTO_UDP IPPROTO_IP IPPROTO_IPV6 IPPROTO_ICMP TCP_NODELAY MSG_PEEK MSG_OOB MSG_WAITALL MSG_DONTWAIT MSG_NOSIGNAL SHUT_RD SHUT_WR SHUT_RDWR
    INADDR_ANY INADDR_LOOPBACK INADDR_BROADCAST INADDR_NONE
    inet_aton inet_ntoa pack_sockaddr_in unpack_sockaddr_in sockaddr_in sockaddr_family pack_sockaddr_un unpack_sockaddr_un sockaddr_un);
our @EXPORT_OK = qw(inet_pton inet_ntop SOCK_NONBLOCK SOCK_CLOEXEC TCP_KEEPALIVE CR LF CRLF $CR $LF $CRLF);
our %EXPORT_TAGS = (crlf => [qw(CR LF CRLF $CR $LF $CRLF)], all => [], DEFAULT => []);
our ($CR, $LF, $CRLF) = ("\015", "\012", "\015\012");
use constant {
    AF_UNSPEC => 0, AF_UNIX => 1, AF_INET => 2, AF_INET6 => 10, PF_UNSPEC => 0, PF_UNIX => 1, PF_INET => 2, PF_INET6 => 10,
    SOCK_STREAM => 1, SOCK_DGRAM => 2, SOCK_RAW => 3, SOCK_NONBLOCK => 2048, SOCK_CLOEXEC => 524288,
    SOL_SOCKET => 1, SO_REUSEADDR => 2, SO_TYPE => 3, SO_ERROR => 4, SO_BROADCAST => 6, SO_SNDBUF => 7, SO_RCVBUF => 8,
    SO_KEEPALIVE => 9, SO_LINGER => 13, SO_REUSEPORT => 15, SO_RCVTIMEO => 20, SO_SNDTIMEO => 21, SOMAXCONN => 4096,
    IPPROTO_IP => 0, IPPROTO_ICMP => 1, IPPROTO_TCP => 6, IPPROTO_UDP => 17, IPPROTO_IPV6 => 41, TCP_NODELAY => 1,
    MSG_OOB => 1, MSG_PEEK => 2, MSG_DONTWAIT => 64, MSG_WAITALL => 256, MSG_NOSIGNAL => 16384,
    SHUT_RD => 0, SHUT_WR => 1, SHUT_RDWR => 2, CR => "\015", LF => "\012", CRLF => "\015\012",
    INADDR_ANY => "\0\0\0\0", INADDR_LOOPBACK => "\x7f\0\0\1", INADDR_BROADCAST => "\xff\xff\xff\xff", INADDR_NONE => "\xff\xff\xff\xff",
};

sub _die { require Carp; Carp::croak(@_) }
sub inet_aton {
    my ($host) = @_;
    if ($host =~ /\A(\d+)\.(\d+)\.(\d+)\.(\d+)\z/) {
        return (grep { $_ > 255 } $1, $2, $3, $4) ? undef : pack 'C4', $1, $2, $3, $4;
    }
    my @found = gethostbyname $host;
    return $found[4];
}
sub inet_ntoa {
    my ($address) = @_;
    _die('Bad arg length for Socket::inet_ntoa, length is ' . length($address) . ', should be 4') unless length $address == 4;
    return join '.', unpack 'C4', $address;
}
sub pack_sockaddr_in {
    my ($port, $address) = @_;
    $address = inet_aton($address) unless length $address == 4;
    return pack 'S n a4 x8', 2, $port || 0, $address;
}
sub unpack_sockaddr_in {
    my ($family, $port, $address) = unpack 'S n a4', $_[0];
    _die("Bad address family for Socket::unpack_sockaddr_in, got $family, should be 2") unless $family == 2;
    return wantarray ? ($port, $address) : $address;
}
sub sockaddr_in { return wantarray && @_ == 1 ? unpack_sockaddr_in($_[0]) : pack_sockaddr_in(@_) }
sub sockaddr_family { return unpack 'S', $_[0] }
sub pack_sockaddr_un { my ($path) = @_; return pack 'S a108', 1, $path }
sub unpack_sockaddr_un { my ($family, $path) = unpack 'S Z*', $_[0]; return $path }
sub sockaddr_un { my ($given) = @_; return wantarray ? unpack_sockaddr_un($given) : pack_sockaddr_un($given) }

# Groups of sixteen bits; the longest run of zeros is written short.
sub _pton6 {
    my ($text) = @_;
    my ($head, $tail) = $text =~ /\A(.*?)::(.*)\z/s ? ($1, $2) : ($text, undef);
    my @parts = map { [split /:/, $_, -1] } grep { defined } $head, $tail;
    for my $group (@parts) {
        if (@$group && $group->[-1] =~ /\./) {
            my $four = $group->[-1] =~ /\A\d+(?:\.\d+){3}\z/ ? inet_aton($group->[-1]) : undef;
            return undef unless defined $four;
            splice @$group, -1, 1, map { sprintf '%x', $_ } unpack 'n2', $four;
        }
        return undef if grep { !/\A[0-9a-fA-F]{1,4}\z/ } @$group;
    }
    my $missing = 8 - map { @$_ } @parts;
    return undef if defined $tail ? $missing < 1 : $missing != 0;
    return pack 'n8', map { hex } @{$parts[0]}, defined $tail ? ((0) x $missing, @{$parts[1]}) : ();
}
sub inet_pton {
    my ($family, $text) = @_;
    return _pton6($text) if $family == 10;
    _die("Bad address family for Socket::inet_pton, got $family, should be either AF_INET or AF_INET6") unless $family == 2;
    return $text =~ /\A\d+(?:\.\d+){3}\z/ ? inet_aton($text) : undef;
}
sub inet_ntop {
    my ($family, $address) = @_;
    return inet_ntoa($address) if $family == 2;
    _die("Bad address family for Socket::inet_ntop, got $family, should be either AF_INET or AF_INET6") unless $family == 10;
    my $text = join ':', map { sprintf '%x', $_ } unpack 'n8', $address;
    my ($longest) = sort { length $b <=> length $a } $text =~ /\b(0(?::0)+)\b/g;
    if (defined $longest) { $text =~ s/(?:\A|:)\b\Q$longest\E\b(?::|\z)/::/ }
    return $text;
}
1;
