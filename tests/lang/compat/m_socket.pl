# the specification, section 7.4: modules that come with perl, Socket and IO::Socket::INET
use strict; use warnings;
use Socket qw(:DEFAULT inet_pton inet_ntop CRLF); use IO::Socket::INET; use IO::Select;
print inet_ntoa(inet_aton('127.0.0.1')), ' ', inet_ntoa(INADDR_LOOPBACK), ' ', inet_ntoa(INADDR_ANY), ' ', defined inet_aton('1.2.3.400') ? 1 : 0, "\n";
my $packed = pack_sockaddr_in(8080, inet_aton('10.1.2.3')); my ($port, $address) = sockaddr_in($packed);
print "$port ", inet_ntoa($address), ' ', sockaddr_family($packed) == AF_INET ? 'inet' : 'other', ' ', length $packed, "\n";
print join(' ', map { unpack 'H*', inet_pton(AF_INET6, $_) } '::1', 'fe80::1:2', '1:2:3:4:5:6:7:8', '::ffff:1.2.3.4'), "\n";
print join(' ', map { inet_ntop(AF_INET6, inet_pton(AF_INET6, $_)) } '::1', 'fe80::1:2', '1:0:0:4:0:0:0:8', '::', '1:2:3:4:5:6:7:8'), "\n";
print defined inet_pton(AF_INET6, '1:2') ? 1 : 0, defined inet_pton(AF_INET, 'x') ? 1 : 0, ' ', unpack('H*', CRLF), ' ', SOCK_STREAM, SOL_SOCKET, SO_REUSEADDR, ' ', unpack_sockaddr_un(pack_sockaddr_un('/tmp/x')), "\n";
my $server = IO::Socket::INET->new(Listen => 5, LocalAddr => '127.0.0.1', Proto => 'tcp', ReuseAddr => 1) or die $@;
print $server->sockhost, ' ', $server->sockport > 0 ? 'port' : 'none', "\n";
my $pid = fork;
if (!$pid) {
    my $client = IO::Socket::INET->new(PeerAddr => '127.0.0.1', PeerPort => $server->sockport, Proto => 'tcp') or die $@;
    print $client "hello\n"; my $line = <$client>; print $client "got $line"; close $client; exit 0;
}
print scalar(IO::Select->new($server)->can_read(5)) ? "ready\n" : "late\n";
my $peer = $server->accept or die $!;
print $peer->peerhost, ' ', ref $peer, ' ', $peer->sockport == $server->sockport ? 'same' : 'other', "\n";
print scalar <$peer>; $peer->print("answer\n"); print $peer->getline; print defined($peer->getline) ? 'more' : 'end', "\n"; $peer->close; waitpid $pid, 0; print $?, "\n";
my $gone = $server->sockport; close $server;
print defined IO::Socket::INET->new("127.0.0.1:$gone") ? 'connected' : $@ =~ /Connection refused/ ? 'refused' : $@, "\n";
socket my $raw, PF_INET, SOCK_STREAM, getprotobyname('tcp') or die; setsockopt $raw, SOL_SOCKET, SO_REUSEADDR, pack 'l', 1 or die;
bind $raw, sockaddr_in(0, INADDR_LOOPBACK) or die; listen $raw, SOMAXCONN or die; my ($bound) = sockaddr_in(getsockname $raw); print $bound > 0 ? "bound\n" : "no\n";
my $udp = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '127.0.0.1') or die; my $to = IO::Socket::INET->new(Proto => 'udp', PeerAddr => '127.0.0.1', PeerPort => $udp->sockport) or die;
$to->send('datagram'); recv $udp, my $text, 100, 0; print "$text\n";
