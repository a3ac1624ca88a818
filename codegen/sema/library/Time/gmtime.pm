# Perl's Time::gmtime: what gmtime gives, by name.
package Time::gmtime;
use Time::tm;
our @EXPORT = qw(gmtime gmctime);
our @EXPORT_OK = qw($tm_sec $tm_min $tm_hour $tm_mday $tm_mon $tm_year $tm_wday $tm_yday $tm_isdst);
our %EXPORT_TAGS = (FIELDS => [@EXPORT_OK, @EXPORT]);
our ($tm_sec, $tm_min, $tm_hour, $tm_mday, $tm_mon, $tm_year, $tm_wday, $tm_yday, $tm_isdst);
sub gmtime {
    my @fields = CORE::gmtime(@_ ? $_[0] : time);
    ($tm_sec, $tm_min, $tm_hour, $tm_mday, $tm_mon, $tm_year, $tm_wday, $tm_yday, $tm_isdst) = @fields;
    return Time::tm->_of(@fields);
}
sub gmctime { my $text = scalar CORE::gmtime(@_ ? $_[0] : time); return $text }
1;
