# The functions of Perl's bytes, which need no `use`.
package bytes;
sub length { return CORE::length(CORE::__is_wide($_[0]) ? CORE::__utf8_encode($_[0]) : $_[0]) }
sub substr { my $text = CORE::__is_wide($_[0]) ? CORE::__utf8_encode($_[0]) : $_[0]; return @_ > 2 ? CORE::substr($text, $_[1], $_[2]) : CORE::substr($text, $_[1]) }
sub ord { return CORE::ord(CORE::__is_wide($_[0]) ? CORE::__utf8_encode($_[0]) : $_[0]) }
sub chr { return CORE::chr($_[0] & 255) }
1;
