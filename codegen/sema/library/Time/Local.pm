# Perl's Time::Local.
package Time::Local;
our @EXPORT = qw(timelocal timegm);
our @EXPORT_OK = qw(timelocal_nocheck timegm_nocheck timelocal_modern timegm_modern timelocal_posix timegm_posix);

my @days = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31);

sub _leap { my $y = shift; return $y % 4 == 0 && ($y % 100 != 0 || $y % 400 == 0) }

sub _number {
    my ($y, $m, $d) = @_;
    $y-- if $m <= 2;
    my $era = int(($y >= 0 ? $y : $y - 399) / 400);
    my $of = $y - $era * 400;
    my $yd = int((153 * ($m + ($m > 2 ? -3 : 9)) + 2) / 5) + $d - 1;
    return $era * 146097 + $of * 365 + int($of / 4) - int($of / 100) + $yd - 719468;
}

# Two digits are the year nearest to now, others count from 1900.
sub _year {
    my $year = shift;
    return $year if $year > 999;
    return $year + 1900 if $year > 99;
    my $now = (localtime)[5] + 1900;
    my $full = int($now / 100) * 100 + $year;
    return $full > $now + 50 ? $full - 100 : $full <= $now - 50 ? $full + 100 : $full;
}

sub _fail { my ($text) = @_; my $level = 1; my @at = caller($level); while (@at && $at[0] eq 'Time::Local') { @at = caller(++$level) } die "$text at $at[1] line $at[2].\n" }

sub _check {
    my ($s, $i, $h, $d, $m, $year) = @_;
    _fail("Month '$m' out of range 0..11") if $m > 11 || $m < 0;
    my $most = $days[$m] + ($m == 1 && _leap($year) ? 1 : 0);
    _fail("Day '$d' out of range 1..$most") if $d > $most || $d < 1;
    _fail("Hour '$h' out of range 0..23") if $h > 23 || $h < 0;
    _fail("Minute '$i' out of range 0..59") if $i > 59 || $i < 0;
    _fail("Second '$s' out of range 0..59") if $s >= 60 || $s < 0;
    return;
}

sub _gm { my ($s, $i, $h, $d, $m, $year) = @_; return _number($year, $m + 1, $d) * 86400 + $h * 3600 + $i * 60 + $s }

sub _local {
    my $wanted = _gm(@_);
    my $at = $wanted;
    for (1 .. 3) {
        my @t = localtime $at;
        my $shown = _gm(@t[0 .. 4], $t[5] + 1900);
        last if $shown == $wanted;
        $at += $wanted - $shown;
    }
    return $at;
}

sub timegm { my @t = @_[0 .. 5]; $t[5] = _year($t[5]); _check(@t); return _gm(@t) }
sub timegm_nocheck { my @t = @_[0 .. 5]; $t[5] = _year($t[5]); return _gm(@t) }
sub timegm_modern { _check(@_); return _gm(@_) }
sub timegm_posix { my @t = @_[0 .. 5]; $t[5] += 1900; _check(@t); return _gm(@t) }
sub timelocal { my @t = @_[0 .. 5]; $t[5] = _year($t[5]); _check(@t); return _local(@t) }
sub timelocal_nocheck { my @t = @_[0 .. 5]; $t[5] = _year($t[5]); return _local(@t) }
sub timelocal_modern { _check(@_); return _local(@_) }
sub timelocal_posix { my @t = @_[0 .. 5]; $t[5] += 1900; _check(@t); return _local(@t) }
1;
