# Lines taken apart and put together again.
my $total = 0;
my $last  = "";
for my $i (1 .. 200000) {
    my $line   = "alpha,beta,gamma,$i,delta,epsilon,eta,theta";
    my @fields = split /,/, $line;
    $fields[3] = "<$fields[3]>";
    $last = join ";", reverse @fields;
    $total += length $last;
}
print "$total $last\n";
