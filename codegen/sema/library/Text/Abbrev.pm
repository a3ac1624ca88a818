# Perl's Text::Abbrev.
package Text::Abbrev;
our @EXPORT = qw(abbrev);

sub abbrev {
    my ($table, %out, %count) = (undef);
    $table = shift if ref $_[0];
    for my $word (@_) {
        for my $n (1 .. length($word) - 1) {
            my $short = substr $word, 0, $n;
            $count{$short}++;
            $out{$short} = $word;
        }
    }
    for my $short (keys %count) { delete $out{$short} if $count{$short} > 1 }
    $out{$_} = $_ for @_;
    %$table = %out if $table;
    return wantarray ? %out : \%out;
}
1;
