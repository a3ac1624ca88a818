# the specification, section 7.4: a module that comes with perl, FindBin
use FindBin qw($Bin $Script $RealBin);
use File::Basename;
print "$Script $FindBin::RealScript\n";
print $Bin eq $RealBin ? "same\n" : "other\n";
print $Bin =~ m{^/} ? "absolute\n" : "relative\n";
print -e "$Bin/$Script" ? "there\n" : "missing\n";
print basename($FindBin::Bin), "\n";
my $link = "/tmp/findbin-link-$$";
symlink "$Bin/$Script", $link or die $!;
{ local $0 = $link; FindBin::again(); }
print $FindBin::Script eq basename($link) ? "link\n" : "file\n", "$FindBin::RealScript $FindBin::Bin\n";
print $FindBin::RealBin =~ m{/compat\z} ? "followed\n" : "stayed\n";
unlink $link;
