# Perl's FindBin: where the program is, as it was named and with links followed.
package FindBin;
use Cwd;
our @EXPORT_OK = qw($Bin $Script $RealBin $RealScript $Dir $RealDir);
our %EXPORT_TAGS = (ALL => [qw($Bin $Script $RealBin $RealScript $Dir $RealDir)]);
our ($Bin, $Script, $RealBin, $RealScript, $Dir, $RealDir);

sub _parts { my ($path) = @_; return $path =~ m{\A(.*/)?([^/]*)\z}s ? ($1 // './', $2) : ('./', $path) }

# The program itself, behind all symbolic links; a chain of them has an end.
sub _followed {
    my ($path) = @_;
    for (1 .. 64) {
        my $target = readlink $path;
        last unless defined $target;
        $path = $target =~ m{\A/} ? $target : (_parts($path))[0] . $target;
    }
    return $path;
}

sub again {
    if ($0 eq '-e' || $0 eq '-') {
        ($Script, $RealScript) = ($0, $0);
        $Bin = $RealBin = Cwd::getcwd();
    } else {
        ($Bin, $Script) = _parts($0);
        ($RealBin, $RealScript) = _parts(_followed($0));
        ($Bin, $RealBin) = map { Cwd::abs_path($_) } $Bin, $RealBin;
    }
    ($Dir, $RealDir) = ($Bin, $RealBin);
    return 1;
}
again();
1;
