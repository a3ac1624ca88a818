# The functions of Perl's builtin, which need no `use`.
package builtin;
our @EXPORT_OK = qw(true false is_bool weaken unweaken is_weak blessed refaddr reftype ceil floor trim indexed
    created_as_number created_as_string);
sub true () { return !!1 }
sub false () { return !!0 }
sub is_bool ($) { return CORE::__is_bool($_[0]) }
sub weaken ($) { my $place = \$_[0]; CORE::__weaken($place); return }
sub unweaken ($) { my $place = \$_[0]; CORE::__unweaken($place); return }
sub is_weak ($) { my $place = \$_[0]; return CORE::__is_weak($place) }
sub blessed ($) { return CORE::__blessed($_[0]) }
sub refaddr ($) { return CORE::__refaddr($_[0]) }
sub reftype ($) { return CORE::__reftype($_[0]) }
sub ceil ($) { return CORE::ceil($_[0]) }
sub floor ($) { return CORE::floor($_[0]) }
sub trim ($) { my ($text) = @_; $text =~ s/\A\s+//; $text =~ s/\s+\z//; return $text }
sub indexed { my $at = 0; return wantarray ? map { ($at++, $_) } @_ : 2 * @_ }
sub created_as_number ($) { return defined $_[0] && !ref $_[0] && CORE::__is_number($_[0]) && !CORE::__is_bool($_[0]) }
sub created_as_string ($) { return defined $_[0] && !ref $_[0] && !CORE::__is_number($_[0]) && !CORE::__is_bool($_[0]) }
1;
