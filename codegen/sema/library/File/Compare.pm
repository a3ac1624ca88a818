# Perl's File::Compare.
package File::Compare;
our @EXPORT = qw(compare);
our @EXPORT_OK = qw(cmp compare_text);
sub compare {
    my ($one, $two) = @_;
    open my $first, '<', $one or return -1;
    open my $second, '<', $two or return -1;
    binmode $first;
    binmode $second;
    local $/;
    my ($left, $right) = (scalar <$first>, scalar <$second>);
    return ($left // '') eq ($right // '') ? 0 : 1;
}
sub compare_text { return compare(@_) }
1;
