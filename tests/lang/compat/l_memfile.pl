# the specification, section 3.13: handles on strings
my $data = "first\nsecond\nthird\n";
open my $in, '<', \$data or die;
while (my $l = <$in>) {
    chomp $l;
    print "$.: $l\n";
}
close $in;
my $buf = '';
open my $out, '>', \$buf or die;
print $out "x", 1;
printf $out "-%03d", 7;
close $out;
print "$buf\n";
