# Small modules, each by what it is mostly used for.
use Digest; print Digest->new("MD5")->add("a")->hexdigest, " ", Digest->new("SHA-1")->add("a")->b64digest, "\n";
use I18N::Langinfo qw(langinfo RADIXCHAR DAY_1 MON_12 ABDAY_2 ABMON_3);
print join(" ", map { langinfo($_) } RADIXCHAR, DAY_1, MON_12, ABDAY_2, ABMON_3), "\n";
use File::Glob qw(:bsd_glob); print join(" ", bsd_glob("/etc/{passwd,nope here}")), " ", GLOB_ERROR, "\n";
print scalar(my @none = bsd_glob("/nope*")), " ", bsd_glob("/nope*", GLOB_NOCHECK), "\n";
use IO::Dir; my $folder = IO::Dir->new("/") or die; my @names; while (defined(my $name = $folder->read)) { push @names, $name }
$folder->rewind; my @again = $folder->read; print @names > 2 && @names == @again ? "same\n" : "other\n"; $folder->close;
tie my %files, 'IO::Dir', "/etc"; print exists $files{passwd} ? "there" : "absent", " ", $files{passwd}->size > 0 ? "full" : "empty", "\n";
use B qw(perlstring cstring svref_2object); sub named { }
print perlstring("a\"b\n\x{263a}\$x\@y"), cstring("x\ty\$"), " ", svref_2object(\&named)->GV->NAME, " ", svref_2object(sub { })->GV->NAME, "\n";
use IPC::Cmd qw(can_run run); print can_run('sh') ? "found" : "missing", " ", can_run('no-such-command') ? "found" : "missing", "\n";
my ($good, $error, $all, $out, $err) = run(command => ['sh', '-c', 'echo o; echo e >&2; exit 3'], verbose => 0);
print $good ? "good" : "bad", " ", join('', @$out), join('', @$err);
package Point; use fields qw(x y); sub new { my $self = fields::new(shift); $self->{x} = 1; $self }
package Point3; use base 'Point'; use fields qw(z);
package main; my $point = Point3->new; $point->{z} = 3; print join(" ", map { "$_=$point->{$_}" } sort keys %$point), "\n";
eval { $point->{w} = 1 }; print $@;

use UNIVERSAL; print UNIVERSAL::isa([], 'ARRAY') ? "array\n" : "other\n";
