# Perl's Time::Piece.
package Time::Piece;
use POSIX;
use Time::Local;
use Time::Seconds;
use overload '""' => sub { return $_[0]->cdate }, 'cmp' => sub { my ($a, $b, $swap) = @_; my $r = "$a" cmp "$b"; return $swap ? -$r : $r },
    '<=>' => sub { my ($a, $b, $swap) = @_; my $r = $a->epoch <=> (ref $b ? $b->epoch : $b); return $swap ? -$r : $r },
    '-' => sub {
        my ($a, $b, $swap) = @_;
        return Time::Seconds->new($a->epoch - $b->epoch) if ref $b && $b->isa('Time::Piece');
        return $a->_at($a->epoch - (ref $b ? $b->seconds : $b));
    },
    '+' => sub { my ($a, $b) = @_; return $a->_at($a->epoch + (ref $b ? $b->seconds : $b)) };
our @EXPORT = qw(localtime gmtime);
my @mon = qw(Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec);
my @full = qw(January February March April May June July August September October November December);
my @day = qw(Sun Mon Tue Wed Thu Fri Sat);
my @fullday = qw(Sunday Monday Tuesday Wednesday Thursday Friday Saturday);

sub _make { my ($class, $epoch, $local) = @_; return bless {epoch => $epoch, local => $local, t => [$local ? CORE::localtime($epoch) : CORE::gmtime($epoch)]}, $class }
sub _at { my ($self, $epoch) = @_; return _make(ref $self, $epoch, $self->{local}) }
sub localtime { my @given = @_; shift @given if @given && defined $given[0] && !ref $given[0] && $given[0] =~ /^Time::Piece/; my $e = @given && defined $given[0] ? ref $given[0] ? $given[0]->epoch : $given[0] : time; return wantarray && 0 ? CORE::localtime($e) : _make('Time::Piece', $e, 1) }
sub gmtime { my @given = @_; shift @given if @given && defined $given[0] && !ref $given[0] && $given[0] =~ /^Time::Piece/; my $e = @given && defined $given[0] ? ref $given[0] ? $given[0]->epoch : $given[0] : time; return _make('Time::Piece', $e, 0) }
sub new { my ($class, $e) = @_; return _make(ref $class || $class, defined $e ? ref $e ? $e->epoch : $e : time, 1) }
sub epoch { return $_[0]{epoch} }
sub sec { return $_[0]{t}[0] }
sub second { return $_[0]{t}[0] }
sub min { return $_[0]{t}[1] }
sub minute { return $_[0]{t}[1] }
sub hour { return $_[0]{t}[2] }
sub mday { return $_[0]{t}[3] }
sub day_of_month { return $_[0]{t}[3] }
sub mon { return $_[0]{t}[4] + 1 }
sub _mon { return $_[0]{t}[4] }
sub monname { return $mon[$_[0]{t}[4]] }
sub month { return $mon[$_[0]{t}[4]] }
sub fullmonth { return $full[$_[0]{t}[4]] }
sub year { return $_[0]{t}[5] + 1900 }
sub _year { return $_[0]{t}[5] }
sub yy { return sprintf '%02d', $_[0]{t}[5] % 100 }
sub wday { return $_[0]{t}[6] + 1 }
sub _wday { return $_[0]{t}[6] }
sub day_of_week { return $_[0]{t}[6] }
sub wdayname { return $day[$_[0]{t}[6]] }
sub day { return $day[$_[0]{t}[6]] }
sub fullday { return $fullday[$_[0]{t}[6]] }
sub yday { return $_[0]{t}[7] }
sub day_of_year { return $_[0]{t}[7] }
sub isdst { return $_[0]{t}[8] }
sub daylight_savings { return $_[0]{t}[8] }
sub hms { my ($s, $by) = @_; $by = ':' unless defined $by; return sprintf "%02d$by%02d$by%02d", @{$s->{t}}[2, 1, 0] }
sub time { return hms(@_) }
sub ymd { my ($s, $by) = @_; $by = '-' unless defined $by; return sprintf "%d$by%02d$by%02d", $s->year, $s->mon, $s->mday }
sub date { return ymd(@_) }
sub mdy { my ($s, $by) = @_; $by = '-' unless defined $by; return sprintf "%02d$by%02d$by%d", $s->mon, $s->mday, $s->year }
sub dmy { my ($s, $by) = @_; $by = '-' unless defined $by; return sprintf "%02d$by%02d$by%d", $s->mday, $s->mon, $s->year }
sub datetime { my $s = shift; return $s->ymd . 'T' . $s->hms }
sub cdate { my $s = shift; return sprintf '%s %s %2d %s %d', $s->day, $s->monname, $s->mday, $s->hms, $s->year }
sub julian_day { return $_[0]{epoch} / 86400 + 2440587.5 }
sub mjd { return $_[0]->julian_day - 2400000.5 }
sub week { my $s = shift; return 0 + POSIX::strftime('%V', @{$s->{t}}) }
sub is_leap_year { my $y = $_[0]->year; return $y % 4 == 0 && ($y % 100 != 0 || $y % 400 == 0) ? 1 : 0 }
sub month_last_day { my $s = shift; return (31, $s->is_leap_year ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[$s->_mon] }
sub strftime { my ($s, $format) = @_; $format = '%a, %d %b %Y %H:%M:%S %Z' unless defined $format; return POSIX::strftime($format, @{$s->{t}}) }
sub tzoffset { my $s = shift; return Time::Seconds->new($s->{local} ? Time::Local::timegm(@{$s->{t}}[0 .. 4], $s->year) - $s->epoch : 0) }
sub add_months {
    my ($s, $n) = @_;
    my $month = $s->_mon + $n;
    my $year = $s->year + POSIX::floor($month / 12);
    $month %= 12;
    return $s->_at(Time::Local::timegm_nocheck(@{$s->{t}}[0 .. 3], $month, $year));
}
sub add_years { my ($s, $n) = @_; return $s->add_months($n * 12) }
sub truncate {
    my ($s, %by) = @_;
    my $to = $by{to};
    my ($sec, $min, $h, $d, $m, $y) = (@{$s->{t}}[0 .. 4], $s->year);
    $sec = 0 if $to ne 'second';
    $min = 0 if $to =~ /^(?:hour|day|month|year)$/;
    $h = 0 if $to =~ /^(?:day|month|year)$/;
    $d = 1 if $to =~ /^(?:month|year)$/;
    $m = 0 if $to eq 'year';
    return $s->_at(Time::Local::timegm($sec, $min, $h, $d, $m, $y));
}
sub strptime {
    my ($class, $text, $format) = @_;
    $format = '%a, %d %b %Y' unless defined $format;
    my %found;
    my $expand = sub { my $f = shift; $f =~ s/%T/%H:%M:%S/g; $f =~ s/%R/%H:%M/g; $f =~ s/%F/%Y-%m-%d/g; $f =~ s/%D/%m\/%d\/%y/g; return $f };
    $format = $expand->($format);
    my $at = 0;
    my $wrong = sub { my @c = caller(1); die "Error parsing time at $c[1] line $c[2].\n" };
    for my $part ($format =~ /(%[a-zA-Z%]|\s+|[^%\s]+)/g) {
        my $rest = substr $text, $at;
        my $n;
        if ($part =~ /^\s/) { $rest =~ /^(\s*)/; $n = length $1 }
        elsif ($part !~ /^%/) { $wrong->() unless index($rest, $part) == 0; $n = length $part }
        else {
            my $c = substr $part, 1;
            my $pattern = $c eq 'Y' ? '\d{1,4}' : $c =~ /^[mdHMSyIeklC]$/ ? '\s?\d{1,2}' : $c eq 'j' ? '\d{1,3}' : $c eq 's' ? '-?\d+'
                : $c =~ /^[aA]$/ ? join('|', @fullday, @day) : $c =~ /^[bBh]$/ ? join('|', @full, @mon) : $c eq 'p' ? '[AaPp][Mm]'
                : $c eq 'z' ? '[-+]\d\d:?\d\d|Z' : $c eq 'Z' ? '[A-Za-z]+' : $c eq 'n' || $c eq 't' ? '\s+' : $c eq '%' ? '%' : '.*?';
            $wrong->() unless $rest =~ /^($pattern)/i;
            $n = length $1;
            $found{$c} = $1;
        }
        $at += $n;
    }
    return _make(ref $class || $class, $found{s}, 0) if defined $found{s};
    my $year = defined $found{Y} ? $found{Y} : defined $found{y} ? $found{y} + ($found{y} < 69 ? 2000 : 1900) : 1970;
    my $month = defined $found{m} ? $found{m} - 1 : 0;
    for my $name (grep { defined } @found{qw(b B h)}) { for (0 .. 11) { $month = $_ if lc substr($name, 0, 3) eq lc $mon[$_] } }
    my $mday = $found{d} // $found{e} // 1;
    my $hour = $found{H} // $found{I} // $found{k} // $found{l} // 0;
    if (defined $found{p}) { $hour %= 12; $hour += 12 if lc $found{p} eq 'pm' }
    my $epoch = Time::Local::timegm_nocheck(0, 0, 0, 1, $month, $year) + ($mday - 1) * 86400 + $hour * 3600 + ($found{M} // 0) * 60 + ($found{S} // 0);
    $epoch = Time::Local::timegm_nocheck(0, 0, 0, 1, 0, $year) + ($found{j} - 1) * 86400 + $hour * 3600 + ($found{M} // 0) * 60 + ($found{S} // 0) if defined $found{j};
    if (defined $found{z} && $found{z} =~ /([-+])(\d\d):?(\d\d)/) { $epoch -= ($1 eq '-' ? -1 : 1) * ($2 * 3600 + $3 * 60) }
    return _make(ref $class || $class, $epoch, 0);
}
1;
