# Perl's Scalar::Util.
package Scalar::Util;
our @EXPORT_OK = qw(blessed refaddr reftype readonly looks_like_number weaken unweaken isweak dualvar isdual
    isvstring openhandle set_prototype tainted);

sub blessed ($) { return CORE::__blessed($_[0]) }
sub refaddr ($) { return CORE::__refaddr($_[0]) }
sub reftype ($) { return CORE::__reftype($_[0]) }
sub looks_like_number ($) { return CORE::__looks_like_number($_[0]) }
sub readonly ($) { return CORE::__read_only(\$_[0]) ? 1 : 0 }
sub tainted ($) { return !!0 }
sub isvstring ($) { return !!0 }
sub isdual ($) { return ref $_[0] eq 'Scalar::Util::_Dual' }
sub dualvar ($$) { return bless [$_[0], $_[1]], 'Scalar::Util::_Dual' }
sub weaken ($) { my $place = \$_[0]; CORE::__weaken($place); return }
sub unweaken ($) { my $place = \$_[0]; CORE::__unweaken($place); return }
sub isweak ($) { my $place = \$_[0]; return CORE::__is_weak($place) }
sub set_prototype (&$) { return $_[0] }

sub openhandle ($) {
    my $handle = shift;
    return undef unless defined $handle;
    return undef unless ref $handle || ref \$handle eq 'GLOB' || $handle =~ /^(?:\*?(?:main::)?)STD(?:IN|OUT|ERR)$/;
    return defined fileno($handle) ? $handle : undef;
}

package Scalar::Util::_Dual;
use overload '0+' => sub { return $_[0][0] }, '""' => sub { return $_[0][1] }, 'bool' => sub { return !!$_[0][1] }, fallback => 1;
1;
