# Perl's Storable. What is stored is read by this module only.
package Storable;
our @EXPORT = qw(store retrieve);
our @EXPORT_OK = qw(nstore store_fd fd_retrieve freeze nfreeze thaw dclone lock_store lock_nstore lock_retrieve);

sub dclone { my %made; return _copy($_[0], \%made) }

sub _copy {
    my ($value, $made) = @_;
    return $value unless ref $value;
    my $address = CORE::__refaddr($value);
    return $made->{$address} if exists $made->{$address};
    my $type = CORE::__reftype($value);
    my $class = CORE::__blessed($value);
    my $copy;
    if ($type eq 'ARRAY') {
        $made->{$address} = $copy = [];
        push @$copy, _copy($_, $made) for @$value;
    } elsif ($type eq 'HASH') {
        $made->{$address} = $copy = {};
        $copy->{$_} = _copy($value->{$_}, $made) for keys %$value;
    } elsif ($type eq 'SCALAR' || $type eq 'REF') {
        my $inner;
        $made->{$address} = $copy = \$inner;
        $inner = _copy($$value, $made);
    } elsif ($type eq 'REGEXP') {
        return $value;
    } else {
        die "Can't store $type items";
    }
    bless $copy, $class if defined $class;
    return $copy;
}

# A tree as text: each node once, others by number.
sub freeze {
    my (%seen, @out);
    _write($_[0], \%seen, \@out);
    return 's-pst1:' . join '', @out;
}
sub nfreeze { return freeze($_[0]) }

sub _text { my $t = shift; return length($t) . ':' . $t }

sub _write {
    my ($value, $seen, $out) = @_;
    if (!ref $value) {
        push @$out, !defined $value ? 'U' : (CORE::__is_number($value) ? 'N' : 'S') . _text($value);
        return;
    }
    my $address = CORE::__refaddr($value);
    if (exists $seen->{$address}) { push @$out, 'P' . $seen->{$address} . ';'; return }
    $seen->{$address} = keys %$seen;
    my $type = CORE::__reftype($value);
    my $class = CORE::__blessed($value);
    push @$out, 'B' . _text($class) if defined $class;
    if ($type eq 'ARRAY') {
        push @$out, 'A' . @$value . ';';
        _write($_, $seen, $out) for @$value;
    } elsif ($type eq 'HASH') {
        push @$out, 'H' . keys(%$value) . ';';
        for (keys %$value) { push @$out, _text($_); _write($value->{$_}, $seen, $out) }
    } elsif ($type eq 'SCALAR' || $type eq 'REF') {
        push @$out, 'R';
        _write($$value, $seen, $out);
    } else {
        die "Can't store $type items";
    }
    return;
}

sub thaw {
    my $text = shift;
    return undef unless defined $text && $text =~ /^s-pst1:/;
    my ($at, @made) = (7);
    return _read(\$text, \$at, \@made);
}

sub _count {
    my ($text, $at, $end) = @_;
    my $to = index $$text, $end, $$at;
    my $n = substr $$text, $$at, $to - $$at;
    $$at = $to + 1;
    return $n;
}
sub _string {
    my ($text, $at) = @_;
    my $n = _count($text, $at, ':');
    my $part = substr $$text, $$at, $n;
    $$at += $n;
    return $part;
}
sub _read {
    my ($text, $at, $made, $class) = @_;
    my $kind = substr $$text, $$at++, 1;
    return undef if $kind eq 'U';
    return _string($text, $at) if $kind eq 'S';
    return _string($text, $at) + 0 if $kind eq 'N';
    return $made->[_count($text, $at, ';')] if $kind eq 'P';
    return _read($text, $at, $made, _string($text, $at)) if $kind eq 'B';
    my $value;
    if ($kind eq 'A') {
        my $n = _count($text, $at, ';');
        push @$made, $value = [];
        push @$value, _read($text, $at, $made) for 1 .. $n;
    } elsif ($kind eq 'H') {
        my $n = _count($text, $at, ';');
        push @$made, $value = {};
        for (1 .. $n) { my $key = _string($text, $at); $value->{$key} = _read($text, $at, $made) }
    } else {
        my $inner;
        push @$made, $value = \$inner;
        $inner = _read($text, $at, $made);
    }
    bless $value, $class if defined $class;
    return $value;
}

sub store {
    my ($value, $path) = @_;
    open my $out, '>', $path or die "can't create $path: $!";
    binmode $out;
    print $out freeze($value);
    close $out or die "can't write $path: $!";
    return 1;
}
sub nstore { return store(@_) }
sub lock_store { return store(@_) }
sub lock_nstore { return store(@_) }
sub store_fd { my ($value, $out) = @_; print $out freeze($value); return 1 }
sub retrieve {
    my $path = shift;
    open my $in, '<', $path or die "can't open $path: $!";
    binmode $in;
    local $/;
    my $text = <$in>;
    close $in;
    return thaw($text);
}
sub lock_retrieve { return retrieve(@_) }
sub fd_retrieve { my $in = shift; local $/; my $text = <$in>; return thaw($text) }
1;
