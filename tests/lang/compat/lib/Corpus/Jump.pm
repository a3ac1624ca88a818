package Corpus::Jump;
require Exporter;
our @ISA = 'Exporter';
our @EXPORT_OK = qw(leap hop skip);
our %EXPORT_TAGS = (both => [qw(leap hop)]);
our @seen;
sub leap { "leap(@_)" } sub hop { "hop(@_)" } sub skip { "skip(@_)" }
sub import { push @seen, "@_[1 .. $#_]"; goto &Exporter::import }
package Corpus::Jump::Level;
our @ISA = 'Exporter';
our @EXPORT = 'deep';
sub deep { "deep(@_)" }
sub import { my $class = shift; $class->export_to_level(1, $class, @_) }
$INC{'Corpus/Jump/Level.pm'} = __FILE__;
1;
