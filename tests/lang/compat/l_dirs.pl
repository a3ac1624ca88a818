# the specification, section 7.4: directories and file tests
my $d = "/tmp/s-corpus-dir-$$";
mkdir $d or die;
print -d $d ? "dir" : "no", " ", -e "$d/x" ? "yes" : "no", "\n";
for my $n (qw(b a c)) { open my $f, '>', "$d/$n.txt" or die; print $f $n x 3; close $f }
opendir my $dh, $d or die;
my @n = sort grep { !/^\./ } readdir $dh;
closedir $dh;
print "@n\n";
my @g = map { s{.*/}{}r } sort glob("$d/*.txt");
print "@g\n";
print join(",", map { -s "$d/$_" } @n), " ", (-z "$d/a.txt" ? 1 : 0), (-r "$d/a.txt" ? 1 : 0), "\n";
print unlink(map { "$d/$_" } @n), "\n";
rmdir $d or die;
print -d $d ? "dir" : "gone", "\n";
