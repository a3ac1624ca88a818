# What Perl's List::Util has beyond the builtins.
package List::Util;
our @EXPORT_OK = qw(all any first min max minstr maxstr none notall product reduce reductions sum sum0
    sample shuffle uniq uniqint uniqnum uniqstr head tail zip zip_longest zip_shortest mesh mesh_longest
    mesh_shortest pairs unpairs pairkeys pairvalues pairmap pairgrep pairfirst);

sub minstr { my $m = shift; for (@_) { $m = $_ if $_ lt $m } return $m }
sub maxstr { my $m = shift; for (@_) { $m = $_ if $_ gt $m } return $m }

sub notall (&@) { my $f = shift; for (@_) { return !!1 unless $f->() } return !!0 }

sub sample { my $n = shift; my @list = CORE::shuffle(@_); return @list > $n ? @list[0 .. $n - 1] : @list }

sub uniqnum {
    my (%seen, @out);
    for (@_) { push @out, $_ unless $seen{0 + ($_ // 0)}++ }
    return wantarray ? @out : scalar @out;
}

sub uniqint {
    my (%seen, @out);
    for (@_) { my $n = int($_ // 0); push @out, $n unless $seen{$n}++ }
    return wantarray ? @out : scalar @out;
}

sub uniqstr {
    my (%seen, @out);
    for (@_) { push @out, $_ unless $seen{$_ // ''}++ }
    return wantarray ? @out : scalar @out;
}

sub head {
    my $n = shift;
    my $last = $n < 0 ? @_ + $n - 1 : $n > @_ ? $#_ : $n - 1;
    return wantarray ? @_[0 .. $last] : $last >= 0 ? $_[$last] : undef;
}

sub tail {
    my $n = shift;
    my $from = $n < 0 ? -$n : $n > @_ ? 0 : @_ - $n;
    return wantarray ? @_[$from .. $#_] : $from <= $#_ ? $_[-1] : undef;
}

sub zip_longest {
    my $most = 0;
    for (@_) { $most = @$_ if @$_ > $most }
    my @lists = @_;
    return map { my $i = $_; [map { $_->[$i] } @lists] } 0 .. $most - 1;
}

sub zip { return zip_longest(@_) }

sub zip_shortest {
    my @lists = @_;
    return unless @lists;
    my $least = @{$lists[0]};
    for (@lists) { $least = @$_ if @$_ < $least }
    return map { my $i = $_; [map { $_->[$i] } @lists] } 0 .. $least - 1;
}

sub mesh_longest { return map { @$_ } zip_longest(@_) }
sub mesh { return map { @$_ } zip_longest(@_) }
sub mesh_shortest { return map { @$_ } zip_shortest(@_) }

sub pairs {
    my @out;
    for (my $i = 0; $i < @_; $i += 2) { push @out, bless [$_[$i], $_[$i + 1]], 'List::Util::_Pair' }
    return @out;
}

sub unpairs { return map { my $pair = $_; ($pair->[0], $pair->[1]) } @_ }
sub pairkeys { return map { $_[2 * $_] } 0 .. int(($#_) / 2) if @_; return }
sub pairvalues { return map { $_[2 * $_ + 1] } 0 .. int(($#_) / 2) if @_; return }

sub pairmap (&@) {
    my $f = shift;
    my @out;
    local ($main::a, $main::b);
    for (my $i = 0; $i < @_; $i += 2) { ($main::a, $main::b) = @_[$i, $i + 1]; push @out, $f->() }
    return wantarray ? @out : scalar @out;
}

sub pairgrep (&@) {
    my $f = shift;
    my @out;
    local ($main::a, $main::b);
    for (my $i = 0; $i < @_; $i += 2) {
        ($main::a, $main::b) = @_[$i, $i + 1];
        push @out, $_[$i], $_[$i + 1] if $f->();
    }
    return wantarray ? @out : @out / 2;
}

sub pairfirst (&@) {
    my $f = shift;
    local ($main::a, $main::b);
    for (my $i = 0; $i < @_; $i += 2) {
        ($main::a, $main::b) = @_[$i, $i + 1];
        return wantarray ? ($_[$i], $_[$i + 1]) : !!1 if $f->();
    }
    return wantarray ? () : !!0;
}

sub reductions (&@) {
    my $f = shift;
    return unless @_;
    my @out = (shift);
    local ($main::a, $main::b);
    for my $next (@_) { ($main::a, $main::b) = ($out[-1], $next); push @out, scalar $f->() }
    return wantarray ? @out : scalar @out;
}

package List::Util::_Pair;
sub key { return $_[0][0] }
sub value { return $_[0][1] }
sub TO_JSON { return [@{$_[0]}] }
1;
