# Perl's POSIX, as far as programs use it.
package POSIX;
our @EXPORT = qw(floor ceil fmod pow strftime mktime strtol strtod tolower toupper isatty INT_MAX INT_MIN UINT_MAX
    LONG_MAX LONG_MIN ULONG_MAX SHRT_MAX SHRT_MIN USHRT_MAX CHAR_BIT CHAR_MAX CHAR_MIN UCHAR_MAX DBL_MAX DBL_MIN DBL_EPSILON DBL_DIG
    DBL_MANT_DIG FLT_MAX FLT_MIN FLT_EPSILON FLT_DIG EXIT_SUCCESS EXIT_FAILURE PATH_MAX BUFSIZ EOF
    RAND_MAX abs acos asin atan tan sinh cosh tanh ctime asctime clock difftime dup dup2 ldexp frexp modf log10
    fabs strerror strstr strcoll perror getpid setlocale localeconv tzset tzname LC_ALL LC_CTYPE LC_NUMERIC LC_COLLATE LC_TIME LC_MONETARY
    WIFEXITED WEXITSTATUS WIFSIGNALED WTERMSIG WIFSTOPPED WSTOPSIG WNOHANG WUNTRACED
    EPERM ENOENT ESRCH EINTR EIO EBADF ECHILD EAGAIN ENOMEM EACCES EEXIST ENOTDIR EISDIR EINVAL EMFILE ENOSPC ESPIPE EPIPE EDOM ERANGE EWOULDBLOCK
    SIGHUP SIGINT SIGQUIT SIGILL SIGABRT SIGFPE SIGKILL SIGSEGV SIGPIPE SIGALRM SIGTERM SIGUSR1 SIGUSR2 SIGCHLD SIGCONT SIGSTOP SIGTSTP
    O_RDONLY O_WRONLY O_RDWR O_CREAT O_EXCL O_TRUNC O_APPEND O_NONBLOCK SEEK_SET SEEK_CUR SEEK_END _exit
    isalnum isalpha iscntrl isdigit isgraph islower isprint ispunct isspace isupper isxdigit uname ttyname access getcwd);
our @EXPORT_OK = qw(round trunc lround lrint rint fmin fmax fma cbrt copysign hypot expm1 log1p log2 logb exp2 remainder
    nearbyint signbit isnan isinf isfinite acosh asinh atanh erf tgamma lgamma nan NAN INFINITY M_PI M_E M_SQRT2 M_PI_2 M_PI_4 M_LN2 M_LN10
    strtoul fdim ilogb printf sprintf getppid sleep time exit atan2 cos exp log sin sqrt rename system wait getchar
    FLT_RADIX DBL_MAX_EXP DBL_MIN_EXP DBL_MAX_10_EXP DBL_MIN_10_EXP);
our %EXPORT_TAGS = (
    limits_h => [qw(INT_MAX INT_MIN UINT_MAX LONG_MAX LONG_MIN ULONG_MAX SHRT_MAX SHRT_MIN USHRT_MAX CHAR_BIT CHAR_MAX CHAR_MIN UCHAR_MAX PATH_MAX)],
    float_h => [qw(DBL_MAX DBL_MIN DBL_EPSILON DBL_DIG DBL_MANT_DIG FLT_MAX FLT_MIN FLT_EPSILON FLT_DIG)],
    sys_wait_h => [qw(WIFEXITED WEXITSTATUS WIFSIGNALED WTERMSIG WIFSTOPPED WSTOPSIG WNOHANG WUNTRACED)],
    math_h => [qw(floor ceil fmod pow acos asin atan tan sinh cosh tanh ldexp frexp modf log10 fabs)],
    math_h_c99 => [qw(floor ceil fmod pow acos asin atan tan sinh cosh tanh ldexp frexp modf log10 fabs round trunc lround lrint rint fmin fmax fma cbrt copysign hypot expm1 log1p log2 exp2 remainder signbit isnan isinf isfinite acosh asinh atanh NAN INFINITY M_PI M_E)],
    signal_h => [qw(SIGHUP SIGINT SIGQUIT SIGILL SIGABRT SIGFPE SIGKILL SIGSEGV SIGPIPE SIGALRM SIGTERM SIGUSR1 SIGUSR2 SIGCHLD SIGCONT SIGSTOP SIGTSTP)],
    errno_h => [qw(EPERM ENOENT ESRCH EINTR EIO EBADF ECHILD EAGAIN ENOMEM EACCES EEXIST ENOTDIR EISDIR EINVAL EMFILE ENOSPC ESPIPE EPIPE EDOM ERANGE EWOULDBLOCK)],
    fcntl_h => [qw(O_RDONLY O_WRONLY O_RDWR O_CREAT O_EXCL O_TRUNC O_APPEND O_NONBLOCK SEEK_SET SEEK_CUR SEEK_END)],
    time_h => [qw(strftime mktime ctime asctime clock difftime tzset tzname)],
    stdlib_h => [qw(EXIT_SUCCESS EXIT_FAILURE RAND_MAX strtol strtod)],
    locale_h => [qw(setlocale localeconv LC_ALL LC_CTYPE LC_NUMERIC LC_COLLATE LC_TIME LC_MONETARY)],
    unistd_h => [qw(isatty getpid dup dup2 _exit access getcwd)],
    ctype_h => [qw(isalnum isalpha iscntrl isdigit isgraph islower isprint ispunct isspace isupper isxdigit tolower toupper)],
    string_h => [qw(strerror strstr strcoll)],
);

use constant {
    INT_MAX => 2147483647, INT_MIN => -2147483648, UINT_MAX => 4294967295,
    LONG_MAX => 9223372036854775807, LONG_MIN => -9223372036854775807 - 1, ULONG_MAX => 18446744073709551615,
    SHRT_MAX => 32767, SHRT_MIN => -32768, USHRT_MAX => 65535, CHAR_BIT => 8, CHAR_MAX => 127, CHAR_MIN => -128,
    UCHAR_MAX => 255, DBL_MAX => 1.7976931348623157e308, DBL_MIN => 2.2250738585072014e-308,
    DBL_EPSILON => 2.220446049250313e-16, DBL_DIG => 15, DBL_MANT_DIG => 53,
    DBL_MAX_EXP => 1024, DBL_MIN_EXP => -1021, DBL_MAX_10_EXP => 308, DBL_MIN_10_EXP => -307, FLT_RADIX => 2,
    FLT_MAX => 3.40282346638529e+38, FLT_MIN => 1.17549435082229e-38, FLT_EPSILON => 1.19209289550781e-07, FLT_DIG => 6,
    EXIT_SUCCESS => 0, EXIT_FAILURE => 1, PATH_MAX => 4096, BUFSIZ => 8192, EOF => -1, RAND_MAX => 2147483647,
    LC_CTYPE => 0, LC_NUMERIC => 1, LC_TIME => 2, LC_COLLATE => 3, LC_MONETARY => 4, LC_ALL => 6,
    WNOHANG => 1, WUNTRACED => 2,
    EPERM => 1, ENOENT => 2, ESRCH => 3, EINTR => 4, EIO => 5, EBADF => 9, ECHILD => 10, EAGAIN => 11, EWOULDBLOCK => 11,
    ENOMEM => 12, EACCES => 13, EEXIST => 17, ENOTDIR => 20, EISDIR => 21, EINVAL => 22, EMFILE => 24, ENOSPC => 28,
    ESPIPE => 29, EPIPE => 32, EDOM => 33, ERANGE => 34,
    SIGHUP => 1, SIGINT => 2, SIGQUIT => 3, SIGILL => 4, SIGABRT => 6, SIGFPE => 8, SIGKILL => 9, SIGUSR1 => 10,
    SIGSEGV => 11, SIGUSR2 => 12, SIGPIPE => 13, SIGALRM => 14, SIGTERM => 15, SIGCHLD => 17, SIGCONT => 18,
    SIGSTOP => 19, SIGTSTP => 20,
    O_RDONLY => 0, O_WRONLY => 1, O_RDWR => 2, O_CREAT => 64, O_EXCL => 128, O_TRUNC => 512, O_APPEND => 1024,
    O_NONBLOCK => 2048, SEEK_SET => 0, SEEK_CUR => 1, SEEK_END => 2,
    M_PI => 3.14159265358979323846, M_E => 2.71828182845904523536, M_SQRT2 => 1.41421356237309504880,
    M_PI_2 => 1.57079632679489661923, M_PI_4 => 0.78539816339744830962, M_LN2 => 0.69314718055994530942,
    M_LN10 => 2.30258509299404568402,
};

sub NAN () { return 9**9**9 - 9**9**9 }
sub INFINITY () { return 9**9**9 }
sub nan { return 9**9**9 - 9**9**9 }

sub fmod {
    my ($x, $y) = @_;
    return $x if $x == 0 || abs($y) == 9**9**9;
    return 9**9**9 - 9**9**9 if $y == 0;
    my ($left, $by) = (abs $x, abs $y);
    if ($left < 9007199254740992 && $by < 9007199254740992) {
        if ($left == int $left && $by == int $by) { $left %= $by; return $x < 0 ? -$left : $left }
    }
    while ($left >= $by) {
        my $step = $by;
        $step *= 2 while $step * 2 <= $left;
        $left -= $step;
    }
    return $x < 0 ? -$left : $left;
}
sub pow { return $_[0]**$_[1] }
sub atan { return CORE::atan($_[0]) }
sub tan { return CORE::tan($_[0]) }
sub log10 { my $r = log($_[0]) / log(10); my $n = CORE::floor($r + 0.5); return 10**$n == $_[0] ? $n : $r }
sub log2 { my $r = log($_[0]) / log(2); my $n = CORE::floor($r + 0.5); return 2**$n == $_[0] ? $n : $r }
sub exp2 { return 2**$_[0] }
sub log1p { my $x = shift; my $u = 1 + $x; return $u == 1 ? $x : log($u) * $x / ($u - 1) }
sub expm1 { my $x = shift; return abs($x) < 1e-5 ? $x + $x * $x / 2 : exp($x) - 1 }
sub fabs { return abs $_[0] }
sub fmin { return $_[0] < $_[1] ? $_[0] : $_[1] }
sub fmax { return $_[0] > $_[1] ? $_[0] : $_[1] }
sub fdim { return $_[0] > $_[1] ? $_[0] - $_[1] : 0 }
sub fma { return $_[0] * $_[1] + $_[2] }
sub trunc { return int $_[0] }
sub round { my $x = shift; return $x < 0 ? CORE::ceil($x - 0.5) : CORE::floor($x + 0.5) }
sub lround { my $x = shift; return $x < 0 ? CORE::ceil($x - 0.5) : CORE::floor($x + 0.5) }
sub rint {
    my $x = shift;
    my $n = CORE::floor($x);
    my $rest = $x - $n;
    return $n if $rest < 0.5;
    return $n + 1 if $rest > 0.5;
    return $n % 2 ? $n + 1 : $n;
}
sub lrint { return rint($_[0]) }
sub nearbyint { return rint($_[0]) }
sub remainder { my ($x, $y) = @_; return $x - $y * rint($x / $y) }
sub copysign { my ($x, $y) = @_; $x = abs $x; return $y < 0 ? -$x : $x }
sub signbit { return $_[0] < 0 ? 1 : 0 }
sub isnan { return $_[0] != $_[0] ? 1 : 0 }
sub isinf { return abs($_[0]) == 9**9**9 ? 1 : 0 }
sub isfinite { return $_[0] == $_[0] && abs($_[0]) != 9**9**9 ? 1 : 0 }
sub modf { my $x = shift; my $n = int $x; return ($x - $n, $n) }
sub ldexp { return $_[0] * 2**$_[1] }
sub frexp {
    my $x = shift;
    return (0, 0) if $x == 0;
    my ($part, $e) = (abs $x, 0);
    while ($part >= 1) { $part /= 2; $e++ }
    while ($part < 0.5) { $part *= 2; $e-- }
    return ($x < 0 ? -$part : $part, $e);
}

sub toupper { return uc $_[0] }
sub tolower { return lc $_[0] }
sub isalnum { return $_[0] =~ /^[[:alnum:]]+$/ ? 1 : '' }
sub isalpha { return $_[0] =~ /^[[:alpha:]]+$/ ? 1 : '' }
sub iscntrl { return $_[0] =~ /^[[:cntrl:]]+$/ ? 1 : '' }
sub isdigit { return $_[0] =~ /^[[:digit:]]+$/ ? 1 : '' }
sub isgraph { return $_[0] =~ /^[[:graph:]]+$/ ? 1 : '' }
sub islower { return $_[0] =~ /^[[:lower:]]+$/ ? 1 : '' }
sub isprint { return $_[0] =~ /^[[:print:]]+$/ ? 1 : '' }
sub ispunct { return $_[0] =~ /^[[:punct:]]+$/ ? 1 : '' }
sub isspace { return $_[0] =~ /^[[:space:]]+$/ ? 1 : '' }
sub isupper { return $_[0] =~ /^[[:upper:]]+$/ ? 1 : '' }
sub isxdigit { return $_[0] =~ /^[[:xdigit:]]+$/ ? 1 : '' }
sub strstr { return index $_[0], $_[1] }
sub strcoll { return $_[0] cmp $_[1] }
sub strerror { local $! = $_[0]; return "$!" }
sub perror { print STDERR (@_ && length $_[0] ? "$_[0]: " : ''), "$!\n"; return }

sub strtol {
    my ($text, $base) = @_;
    $base = 10 unless defined $base;
    my ($sign, $rest) = $text =~ /^\s*([-+]?)(.*)$/s;
    if ($base == 16 || $base == 0) {
        if ($rest =~ /^0[xX](?=[0-9a-fA-F])/) { $rest = substr $rest, 2; $base = 16 }
    }
    $base = $rest =~ /^0/ ? 8 : 10 if $base == 0;
    my ($value, $n) = (0, 0);
    for my $char (split //, lc $rest) {
        my $digit = $char =~ /[0-9]/ ? $char : $char =~ /[a-z]/ ? ord($char) - 87 : 99;
        last if $digit >= $base;
        $value = $value * $base + $digit;
        $n++;
    }
    $value = -$value if $sign eq '-';
    my $left = $n ? length($rest) - $n : length $text;
    return wantarray ? ($value, $left) : $value;
}
sub strtoul { return strtol(@_) }

sub strtod {
    my $text = shift;
    my ($space, $number) = $text =~ /^(\s*)([-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)/;
    return wantarray ? (0, length $text) : 0 unless defined $number;
    return wantarray ? ($number + 0, length($text) - length($space) - length $number) : $number + 0;
}

sub WIFEXITED { return ($_[0] & 127) == 0 ? 1 : '' }
sub WEXITSTATUS { return $_[0] >> 8 & 255 }
sub WIFSIGNALED { my $s = $_[0] & 127; return $s && $s != 127 ? 1 : '' }
sub WTERMSIG { return $_[0] & 127 }
sub WIFSTOPPED { return ($_[0] & 255) == 127 ? 1 : '' }
sub WSTOPSIG { return $_[0] >> 8 & 255 }

sub isatty { return -t $_[0] ? 1 : '' if ref $_[0] || $_[0] !~ /^\d+$/; return ($_[0] == 0 ? -t STDIN : $_[0] == 1 ? -t STDOUT : -t STDERR) ? 1 : '' }
sub getpid { return $$ }
sub getppid { return CORE::getppid() }
sub getcwd { return CORE::cwd() }
sub _exit { exec '/bin/sh', '-c', "exit $_[0]" }
sub setlocale { return 'C' }
sub localeconv { return {decimal_point => '.'} }
sub tzset { return }
sub clock { return int((times)[0] * 1000000) }
sub difftime { return $_[0] - $_[1] }
sub ctime { return scalar(localtime $_[0]) . "\n" }
sub uname { return ('Linux', CORE::gethostname(), '', '', CORE::os_arch()) }

my @day = qw(Sunday Monday Tuesday Wednesday Thursday Friday Saturday);
my @month = qw(January February March April May June July August September October November December);

sub _days { my ($y, $m, $d) = @_; $y-- if $m <= 2; my $era = int(($y >= 0 ? $y : $y - 399) / 400); my $of = $y - $era * 400; my $yd = int((153 * ($m + ($m > 2 ? -3 : 9)) + 2) / 5) + $d - 1; return $era * 146097 + $of * 365 + int($of / 4) - int($of / 100) + $yd - 719468 }

# Brings the parts of a time within their bounds.
sub _normal {
    my ($s, $i, $h, $d, $m, $y) = map { int($_ // 0) } @_;
    $y += CORE::floor($m / 12);
    $m %= 12;
    return _days($y + 1900, $m + 1, 1) * 86400 + ($d - 1) * 86400 + $h * 3600 + $i * 60 + $s;
}

sub asctime {
    my @t = gmtime _normal(@_);
    return sprintf "%.3s %.3s%3d %.2d:%.2d:%.2d %d\n", $day[$t[6]], $month[$t[4]], @t[3, 2, 1, 0], $t[5] + 1900;
}

sub mktime {
    my $wanted = _normal(@_);
    my $at = $wanted;
    for (1 .. 3) {
        my $shown = _normal(localtime $at);
        last if $shown == $wanted;
        $at += $wanted - $shown;
    }
    return $at;
}

sub _week {
    my ($yday, $wday, $year) = @_;
    my $week = int(($yday - ($wday + 6) % 7 + 10) / 7);
    my $leap = sub { my $y = shift; $y % 4 == 0 && ($y % 100 != 0 || $y % 400 == 0) };
    if ($week < 1) {
        my $before = $year - 1;
        my $days = $leap->($before) ? 366 : 365;
        return ($before, int(($yday + $days - ($wday + 6) % 7 + 10) / 7));
    }
    if ($week == 53) {
        my $days = $leap->($year) ? 366 : 365;
        return ($year + 1, 1) if $days - $yday - 1 < (4 - ($wday || 7)) + 0 && ($wday || 7) < 4;
        my $last = ($wday + $days - 1 - $yday) % 7;
        return ($year + 1, 1) if $last >= 1 && $last <= 3;
    }
    return ($year, $week);
}

sub strftime {
    my ($format, @part) = @_;
    my $local = _normal(@part);
    my ($s, $i, $h, $d, $m, $y, $wday, $yday) = gmtime $local;
    my $year = $y + 1900;
    my $half = $h % 12 || 12;
    my %made;
    my $expand;
    $expand = sub {
        my $text = shift;
        $text =~ s{%([-_0^#]?)(\d*)[EO]?([a-zA-Z%+])}{
            my ($flag, $width, $c) = ($1, $2, $3);
            my $two = $flag eq '-' ? '%d' : $flag eq '_' ? '%2d' : '%02d';
            my $out = $c eq 'Y' ? sprintf('%d', $year) : $c eq 'm' ? sprintf($two, $m + 1) : $c eq 'd' ? sprintf($two, $d)
                : $c eq 'H' ? sprintf($two, $h) : $c eq 'M' ? sprintf($two, $i) : $c eq 'S' ? sprintf($two, $s)
                : $c eq 'y' ? sprintf('%02d', $year % 100) : $c eq 'C' ? sprintf('%02d', int($year / 100))
                : $c eq 'e' ? sprintf($flag eq '-' ? '%d' : $flag eq '0' ? '%02d' : '%2d', $d) : $c eq 'j' ? sprintf($flag eq '-' ? '%d' : '%03d', $yday + 1)
                : $c eq 'I' ? sprintf($two, $half) : $c eq 'l' ? sprintf('%2d', $half) : $c eq 'k' ? sprintf('%2d', $h)
                : $c eq 'p' ? ($h < 12 ? 'AM' : 'PM') : $c eq 'P' ? ($h < 12 ? 'am' : 'pm')
                : $c eq 'A' ? $day[$wday] : $c eq 'a' ? substr($day[$wday], 0, 3)
                : $c eq 'B' ? $month[$m] : $c eq 'b' || $c eq 'h' ? substr($month[$m], 0, 3)
                : $c eq 'u' ? ($wday || 7) : $c eq 'w' ? $wday
                : $c eq 'U' ? sprintf('%02d', int(($yday + 7 - $wday) / 7)) : $c eq 'W' ? sprintf('%02d', int(($yday + 7 - ($wday + 6) % 7) / 7))
                : $c eq 'V' ? sprintf('%02d', (_week($yday, $wday, $year))[1]) : $c eq 'G' ? (_week($yday, $wday, $year))[0]
                : $c eq 'g' ? sprintf('%02d', (_week($yday, $wday, $year))[0] % 100)
                : $c eq 'n' ? "\n" : $c eq 't' ? "\t" : $c eq '%' ? '%'
                : $c eq 's' ? mktime(@part) : $c eq 'Z' ? _zone_name(@part) : $c eq 'z' ? _zone(@part)
                : $c eq 'D' || $c eq 'x' ? $expand->('%m/%d/%y') : $c eq 'F' ? $expand->('%Y-%m-%d')
                : $c eq 'T' || $c eq 'X' ? $expand->('%H:%M:%S') : $c eq 'R' ? $expand->('%H:%M')
                : $c eq 'r' ? $expand->('%I:%M:%S %p') : $c eq 'c' ? $expand->('%a %b %e %H:%M:%S %Y')
                : "%$flag$width$c";
            $out = uc $out if $flag eq '^';
            $out = sprintf("%${width}s", $out) if length $width && length $out < $width;
            $out
        }ge;
        return $text;
    };
    return $expand->($format);
}

sub _zone {
    my $at = mktime(@_);
    my $off = int((_normal(localtime $at) - $at) / 60);
    return sprintf '%s%02d%02d', $off < 0 ? '-' : '+', int(abs($off) / 60), abs($off) % 60;
}
sub _zone_name { return CORE::datetime_strftime(mktime(@_), '%Z') if ($ENV{TZ} // 'UTC') !~ /^UTC/; return 'UTC' }
sub tzname { return (_zone_name(0, 0, 0, 1, 0, 100), _zone_name(0, 0, 0, 1, 6, 100)) }
1;
