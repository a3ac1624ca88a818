# The functions of Perl's utf8, which need no `use`.
package utf8;
sub encode { $_[0] = CORE::__utf8_encode($_[0]); return }
sub decode {
    my $read = CORE::__utf8_decode($_[0]);
    return !!0 unless defined $read;
    $_[0] = $read;
    return !!1;
}
sub upgrade { return length $_[0] }
sub downgrade { return !!1 }
sub is_utf8 { return CORE::__is_wide($_[0]) }
sub valid { return !!1 }
sub native_to_unicode { return $_[0] }
sub unicode_to_native { return $_[0] }
1;
