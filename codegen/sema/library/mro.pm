# The functions of Perl's mro, which need no `use`.
package mro;
my %order;
sub get_linear_isa { return [CORE::__linear_isa($_[0])] }
sub set_mro { CORE::__use_c3($_[0]) if $_[1] eq 'c3'; $order{$_[0]} = $_[1]; return }
sub get_mro { return $order{$_[0]} // 'dfs' }
sub is_universal { return $_[0] eq 'UNIVERSAL' ? 1 : '' }
1;
