# the specification, section 7.4: `system` and `exec` with a program apart from its name
my @list = ('named', '-c', 'echo "$0 $*"', 'x', 'y z'); $| = 1;
system { '/bin/sh' } @list; print $?, "\n";
my @plain = ('/bin/echo', 'a b', '$HOME'); system { $plain[0] } @plain;
my @one = ('echo $HOME; exit 2'); print system({ $one[0] } @one), "\n";
system { 'sh' } 'sh', '-c', 'exit 4'; print $? >> 8, "\n";
exec { '/bin/sh' } @list;
