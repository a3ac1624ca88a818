# Lines taken apart and put together again; other constants, one more step.
my $total = 0;
my $last  = "";
for my $i (1 .. 180000) {
    my $line   = "alpha,beta,gamma,$i,delta,zeta,eta,theta";
    my @fields = split /,/, $line;
    $fields[4] = "<$fields[3]>";
    push @fields, $i % 10;
    $last = join ":", reverse @fields;
    $total += length $last;
}
print "$total $last\n";
