# the specification, section 7.4: what children get of %ENV
use strict;
use warnings;
$ENV{FOO} = "bar";
sub child { my $out = `echo "[\$FOO] [\$ONLY] [\$X]"`; print $out }
child();
{ local $ENV{FOO} = "baz"; child() }
child();
{ local %ENV = (PATH => $ENV{PATH}, ONLY => 1); child() }
child();
delete $ENV{FOO};
$ENV{X} .= "q";
child();
$ENV{X} += 0 for ();
%ENV = (PATH => "/bin:/usr/bin", ONLY => 26);
child();
system 'echo "$ONLY"';
open(my $nothing, '<', '/nonexistent/file') and die;
print $!{ENOENT} ? "ENOENT" : "another", " ", $!{EPERM} ? "EPERM" : "no EPERM", "\n";
