# the specification, section 7.4: modules that come with perl, IPC::Open2 and IPC::Open3
use strict; use warnings;
use IPC::Open2; use IPC::Open3; use Symbol 'gensym';
my ($from, $to);
my $pid = open2($from, $to, 'tr', 'a-z', 'A-Z');
print $to "hello\nworld\n"; close $to;
print while <$from>;
waitpid $pid, 0; print $? >> 8, "\n";
my $error = gensym;
$pid = open3(my $in, my $out, $error, 'sh', '-c', 'read x; echo "out $x"; echo "err $x" >&2; exit 3');
print $in "line\n"; close $in;
print "1: $_" for <$out>; print "2: $_" for <$error>;
waitpid $pid, 0; print $? >> 8, "\n";
# Both streams in one, and a command by the shell.
my ($put, $got);
$pid = open3($put, $got, undef, 'echo out; echo err >&2');
my @both = <$got>; print sort @both; waitpid $pid, 0;
open my $null, '<', '/dev/null' or die;
$pid = open3('<&' . fileno $null, \*READER, undef, 'cat; echo done');
print <READER>; waitpid $pid, 0; print $?, "\n";
my $ok = eval { open3(my $i, my $o, undef, '/nonexistent/program'); 1 };
print $ok ? "ran\n" : $@ =~ /^open3: exec of \/nonexistent\/program failed: No such file or directory/ ? "failed\n" : $@;
