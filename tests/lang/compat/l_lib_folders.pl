# 6 --compat: the folders that modules are looked for in
use File::Basename 'dirname';
use FindBin;
use lib "$FindBin::Bin/lib";
use lib dirname(__FILE__) . '/nowhere';
BEGIN { push @INC, 'errors' }
use Corpus::Tags 'green';
print green(1), "\n";
print $INC[0], " ", scalar(grep { $_ eq 'errors' } @INC), "\n";
@INC = ();
print eval { require Corpus::Util; 1 } ? "found" : "not found", "\n" if 0;
my $name = 'Corpus/Jump.pm';
print eval { require $name; 1 } ? "found" : "not found: " . ($@ =~ /(\(\@INC contains:.*?\))/)[0], "\n";
push @INC, 'lib';
print eval { require $name; 1 } ? "found" : "not found", " $INC{$name}\n";
print do 'Corpus/Absent.pm', $! ? "no such file\n" : "odd\n";
