# The functions of Perl's overload, which need no `use`.
package overload;
sub StrVal { return CORE::__strval($_[0]) }
sub Overloaded { return CORE::__overload($_[0]) ? 1 : '' }
sub Method { return CORE::__overload($_[0], $_[1]) }
1;
