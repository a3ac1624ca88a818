# Perl's Time::HiRes.
package Time::HiRes;
our @EXPORT_OK = qw(time sleep usleep nanosleep gettimeofday tv_interval alarm ualarm clock_gettime clock_getres clock
    CLOCK_REALTIME CLOCK_MONOTONIC CLOCK_PROCESS_CPUTIME_ID stat lstat utime);
use constant { CLOCK_REALTIME => 0, CLOCK_MONOTONIC => 1, CLOCK_PROCESS_CPUTIME_ID => 2 };

sub time { return CORE::now_us() / 1e6 }
sub sleep { my $s = @_ ? $_[0] : 0; select undef, undef, undef, $s; return $s }
sub usleep { select undef, undef, undef, $_[0] / 1e6; return $_[0] }
sub nanosleep { select undef, undef, undef, $_[0] / 1e9; return $_[0] }
sub gettimeofday {
    my $us = CORE::now_us();
    return wantarray ? (int($us / 1000000), $us % 1000000) : $us / 1e6;
}
sub tv_interval {
    my ($from, $to) = @_;
    $to = [gettimeofday()] unless defined $to;
    return $to->[0] - $from->[0] + ($to->[1] - $from->[1]) / 1e6;
}
sub clock_gettime { return CORE::now_ns() / 1e9 }
sub clock_getres { return 1e-9 }
sub clock { my @t = times; return $t[0] + $t[1] }
1;
