# Perl's IO::Socket::INET: connections by address and port. Their other methods are those that every handle has.
package IO::Socket::INET;
use Socket;
our @ISA = qw(IO::Socket);

sub _fail { my ($why) = @_; $@ = "IO::Socket::INET: $why"; return undef }
# HOST:PORT and SERVICE(NUMBER) as an address and a number.
sub _address {
    my ($host, $port, $protocol) = @_;
    ($host, $port) = ($1, $2) if defined $host && $host =~ /\A([^:]*):(.+)\z/;
    my $address = !defined $host || $host eq '' ? INADDR_ANY : inet_aton($host);
    if (defined $port && $port !~ /\A\d+\z/) {
        my ($service, $number) = $port =~ /\A(.*?)(?:\((\d+)\))?\z/;
        $port = length $service ? getservbyname($service, $protocol) // $number : $number;
        return unless defined $port;
    }
    return ($address, $port);
}

sub new {
    my ($class, @given) = @_;
    my %with = @given == 1 ? (PeerAddr => $given[0]) : @given;
    my $protocol = lc($with{Proto} // 'tcp');
    my $datagrams = $protocol eq 'udp' || defined $with{Type} && $with{Type} == SOCK_DGRAM;
    my $type = $with{Type} // ($datagrams ? SOCK_DGRAM : SOCK_STREAM);
    my ($peer, $peer_port) = _address($with{PeerAddr} // $with{PeerHost}, $with{PeerPort} // $with{PeerService}, $protocol);
    my ($local, $local_port) = _address($with{LocalAddr} // $with{LocalHost}, $with{LocalPort}, $protocol);
    my $has_peer = defined($with{PeerAddr} // $with{PeerHost});
    return _fail("Bad hostname '" . ($with{PeerAddr} // $with{PeerHost}) . "'") if $has_peer && !defined $peer;
    return _fail('Bad local address') unless defined $local;
    socket my $socket, AF_INET, $type, 0 or return _fail("$!");
    for (['ReuseAddr', SO_REUSEADDR], ['Reuse', SO_REUSEADDR], ['ReusePort', SO_REUSEPORT], ['Broadcast', SO_BROADCAST]) {
        my ($name, $option) = @$_;
        if ($with{$name}) { setsockopt $socket, SOL_SOCKET, $option, pack 'l', 1 or return _fail("$!") }
    }
    if (defined($with{LocalAddr} // $with{LocalHost} // $with{LocalPort}) || $with{Listen}) {
        bind $socket, pack_sockaddr_in($local_port // 0, $local) or return _fail("$!");
    }
    if ($with{Listen}) { listen $socket, $with{Listen} or return _fail("$!") }
    elsif ($has_peer) {
        return _fail("Bad service ''") if !defined $peer_port;
        connect $socket, pack_sockaddr_in($peer_port, $peer) or return _fail('connect: ' . $!);
    }
    $socket->autoflush(1);
    return bless $socket, $class;
}
# The connection, and in list context whose it is.
sub accept {
    my ($self, $class) = @_;
    my $from = CORE::accept(my $socket, $self) or return;
    $socket->autoflush(1);
    $socket = bless $socket, $class // ref $self;
    return wantarray ? ($socket, $from) : $socket;
}
sub _end { my ($name) = @_; return unless defined $name; return unpack_sockaddr_in($name) }
sub sockaddr { my ($self) = @_; my ($port, $address) = _end(getsockname $self); return $address }
sub sockport { my ($self) = @_; my ($port) = _end(getsockname $self); return $port }
sub sockhost { my ($self) = @_; my $address = $self->sockaddr; return defined $address ? inet_ntoa($address) : undef }
sub peeraddr { my ($self) = @_; my ($port, $address) = _end(getpeername $self); return $address }
sub peerport { my ($self) = @_; my ($port) = _end(getpeername $self); return $port }
sub peerhost { my ($self) = @_; my $address = $self->peeraddr; return defined $address ? inet_ntoa($address) : undef }
sub sockname { my ($self) = @_; return getsockname $self }
sub peername { my ($self) = @_; return getpeername $self }
sub connected { my ($self) = @_; return getpeername $self }
sub sockdomain { return AF_INET }
1;
