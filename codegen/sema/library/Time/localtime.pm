# Perl's Time::localtime: what localtime gives, by name.
package Time::localtime;
use Time::tm;
our @EXPORT = qw(localtime ctime);
our @EXPORT_OK = qw($tm_sec $tm_min $tm_hour $tm_mday $tm_mon $tm_year $tm_wday $tm_yday $tm_isdst);
our %EXPORT_TAGS = (FIELDS => [@EXPORT_OK, @EXPORT]);
our ($tm_sec, $tm_min, $tm_hour, $tm_mday, $tm_mon, $tm_year, $tm_wday, $tm_yday, $tm_isdst);
sub localtime {
    my @fields = CORE::localtime(@_ ? $_[0] : time);
    ($tm_sec, $tm_min, $tm_hour, $tm_mday, $tm_mon, $tm_year, $tm_wday, $tm_yday, $tm_isdst) = @fields;
    return Time::tm->_of(@fields);
}
sub ctime { my $text = scalar CORE::localtime(@_ ? $_[0] : time); return $text }
1;
