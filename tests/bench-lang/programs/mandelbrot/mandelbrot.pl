# Points inside the set, and the steps of all.
sub mandelbrot {
    my ($size, $limit) = @_;
    my ($inside, $steps) = (0, 0);
    for my $row (0 .. $size - 1) {
        my $ci = 2 * $row / $size - 1;
        for my $column (0 .. $size - 1) {
            my $cr = 2 * $column / $size - 1.5;
            my ($zr, $zi, $n) = (0, 0, 0);
            while ($n < $limit && $zr * $zr + $zi * $zi <= 4) {
                my $next = $zr * $zr - $zi * $zi + $cr;
                $zi = 2 * $zr * $zi + $ci;
                $zr = $next;
                $n++;
            }
            $inside++ if $n == $limit;
            $steps += $n;
        }
    }
    return ($inside, $steps);
}
my ($inside, $steps) = mandelbrot(160, 100);
print "$inside $steps\n";
