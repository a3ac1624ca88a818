# Perl's Benchmark, as far as programs print nothing that depends on the time.
package Benchmark;
our @EXPORT = qw(timeit timethis timethese timediff timestr);
our @EXPORT_OK = qw(timesum cmpthese countit clearcache clearallcache disablecache enablecache);
our %EXPORT_TAGS = (all => [qw(timeit timethis timethese timediff timestr timesum cmpthese countit)], hireswallclock => []);
sub _now { my @t = times; return [CORE::now_us() / 1e6, @t, 0] }
sub new { my $class = shift; return bless _now(), $class }
sub timediff { my ($one, $two) = @_; return bless [map { $one->[$_] - $two->[$_] } 0 .. $#$one], 'Benchmark' }
sub timesum { my ($one, $two) = @_; return bless [map { $one->[$_] + $two->[$_] } 0 .. $#$one], 'Benchmark' }
sub real { return $_[0][0] }
sub cpu_p { return $_[0][1] + $_[0][2] }
sub cpu_a { return $_[0][1] + $_[0][2] + $_[0][3] + $_[0][4] }
sub iters { return $_[0][5] }
sub timestr { my $t = shift; return sprintf '%2d wallclock secs (%5.2f usr + %5.2f sys = %5.2f CPU)', $t->[0] + 0.5, $t->[1], $t->[2], $t->[1] + $t->[2] }
sub timeit {
    my ($n, $code) = @_;
    my $text = ref $code ? $code : eval "sub { $code }";
    $n = 1 if $n < 1;
    my $start = Benchmark->new;
    $text->() for 1 .. $n;
    my $spent = timediff(Benchmark->new, $start);
    $spent->[5] = $n;
    return $spent;
}
sub countit { my ($seconds, $code) = @_; return timeit(1, $code) }
sub timethis { my ($n, $code, $title) = @_; my $t = timeit($n, $code); print defined $title ? $title : "timethis $n", ': ', timestr($t), "\n"; return $t }
sub timethese {
    my ($n, $all) = @_;
    print "Benchmark: timing $n iterations of ", join(', ', sort keys %$all), "...\n";
    return {map { my $t = timeit($n, $all->{$_}); printf "%10s: %s\n", $_, timestr($t); ($_ => $t) } sort keys %$all};
}
sub cmpthese { my ($n, $all) = @_; my $found = ref $n ? $n : timethese($n, $all); return $found }
1;
