# the specification, section 7.4: read and write through one handle, truncate by rewriting
my $p = "/tmp/s-corpus-upd-$$";
open my $f, '+>', $p or die;
print $f "abcdef";
seek $f, 2, 0;
print $f "XY";
seek $f, 0, 0;
my $l = <$f>;
print "$l\n";
close $f;
open $f, '+<', $p or die;
seek $f, -2, 2;
print tell($f), "\n";
read $f, my $b, 10;
print "$b\n";
close $f;
rename $p, "$p.new" or die;
print -e $p ? 1 : 0, -e "$p.new" ? 1 : 0, "\n";
unlink "$p.new";
