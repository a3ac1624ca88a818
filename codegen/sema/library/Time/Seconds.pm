# Perl's Time::Seconds.
package Time::Seconds;
use overload '""' => sub { return $_[0]{s} }, '0+' => sub { return $_[0]{s} }, 'bool' => sub { return $_[0]{s} != 0 },
    '<=>' => sub { my ($a, $b, $swap) = @_; my $r = $a->{s} <=> (ref $b ? $b->seconds : $b); return $swap ? -$r : $r },
    '+' => sub { my ($a, $b) = @_; return Time::Seconds->new($a->{s} + (ref $b ? $b->seconds : $b)) },
    '-' => sub { my ($a, $b, $swap) = @_; my $r = $a->{s} - (ref $b ? $b->seconds : $b); return Time::Seconds->new($swap ? -$r : $r) },
    fallback => 1;
our @EXPORT = qw(ONE_MINUTE ONE_HOUR ONE_DAY ONE_WEEK ONE_MONTH ONE_YEAR ONE_FINANCIAL_MONTH LEAP_YEAR NON_LEAP_YEAR);
our @EXPORT_OK = qw(cs_sec cs_mon);
use constant { ONE_MINUTE => 60, ONE_HOUR => 3600, ONE_DAY => 86400, ONE_WEEK => 604800, ONE_MONTH => 2629744, ONE_YEAR => 31557600, ONE_FINANCIAL_MONTH => 2592000, LEAP_YEAR => 31622400, NON_LEAP_YEAR => 31536000 };
sub new { my ($class, $s) = @_; return bless {s => $s // 0}, $class }
sub seconds { return $_[0]{s} }
sub minutes { return $_[0]{s} / 60 }
sub hours { return $_[0]{s} / 3600 }
sub days { return $_[0]{s} / 86400 }
sub weeks { return $_[0]{s} / 604800 }
sub months { return $_[0]{s} / 2629744 }
sub years { return $_[0]{s} / 31557600 }
sub pretty {
    my $s = $_[0]{s};
    my @out;
    my $sign = $s < 0 ? 'minus ' : '';
    $s = abs $s;
    if ($s >= 60) {
        if ($s >= 3600) {
            if ($s >= 86400) { my $d = int($s / 86400); push @out, "$d days"; $s -= $d * 86400 }
            my $h = int($s / 3600); push @out, "$h hours"; $s -= $h * 3600;
        }
        my $m = int($s / 60); push @out, "$m minutes"; $s -= $m * 60;
    }
    push @out, "$s seconds";
    return $sign . join ', ', @out;
}
1;
