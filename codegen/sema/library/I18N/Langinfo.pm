# Perl's I18N::Langinfo, of the locale C.
package I18N::Langinfo;
our @EXPORT = qw(langinfo);
our @EXPORT_OK = qw(
    CODESET RADIXCHAR THOUSEP CRNCYSTR YESEXPR NOEXPR YESSTR NOSTR D_T_FMT D_FMT T_FMT T_FMT_AMPM AM_STR
    PM_STR DAY_1 DAY_2 DAY_3 DAY_4 DAY_5 DAY_6 DAY_7 ABDAY_1 ABDAY_2 ABDAY_3 ABDAY_4 ABDAY_5 ABDAY_6
    ABDAY_7 MON_1 MON_2 MON_3 MON_4 MON_5 MON_6 MON_7 MON_8 MON_9 MON_10 MON_11 MON_12 ABMON_1 ABMON_2
    ABMON_3 ABMON_4 ABMON_5 ABMON_6 ABMON_7 ABMON_8 ABMON_9 ABMON_10 ABMON_11 ABMON_12
);
use constant {
    CODESET => 0, RADIXCHAR => 1, THOUSEP => 2, CRNCYSTR => 3, YESEXPR => 4, NOEXPR => 5, YESSTR => 6,
    NOSTR => 7, D_T_FMT => 8, D_FMT => 9, T_FMT => 10, T_FMT_AMPM => 11, AM_STR => 12, PM_STR => 13,
    DAY_1 => 14, DAY_2 => 15, DAY_3 => 16, DAY_4 => 17, DAY_5 => 18, DAY_6 => 19, DAY_7 => 20,
    ABDAY_1 => 21, ABDAY_2 => 22, ABDAY_3 => 23, ABDAY_4 => 24, ABDAY_5 => 25, ABDAY_6 => 26,
    ABDAY_7 => 27, MON_1 => 28, MON_2 => 29, MON_3 => 30, MON_4 => 31, MON_5 => 32, MON_6 => 33,
    MON_7 => 34, MON_8 => 35, MON_9 => 36, MON_10 => 37, MON_11 => 38, MON_12 => 39, ABMON_1 => 40,
    ABMON_2 => 41, ABMON_3 => 42, ABMON_4 => 43, ABMON_5 => 44, ABMON_6 => 45, ABMON_7 => 46,
    ABMON_8 => 47, ABMON_9 => 48, ABMON_10 => 49, ABMON_11 => 50, ABMON_12 => 51,
};
my @days = qw(Sunday Monday Tuesday Wednesday Thursday Friday Saturday);
my @months = qw(January February March April May June July August September October November December);
my @values = (
    'UTF-8', '.', '', '-', '^[yY]', '^[nN]', '', '', '%a %b %e %H:%M:%S %Y', '%m/%d/%y', '%H:%M:%S', '%I:%M:%S %p', 'AM', 'PM',
    @days, (map { substr $_, 0, 3 } @days), @months, map { substr $_, 0, 3 } @months,
);
sub langinfo { my $what = @_ ? $_[0] : $_; return defined $what && $what >= 0 && $what < @values ? $values[$what] : '' }
1;
