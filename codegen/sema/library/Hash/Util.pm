# Hashes whose keys, or values, are settled.
package Hash::Util;
our @EXPORT_OK = qw(
    lock_keys unlock_keys lock_value unlock_value lock_hash unlock_hash legal_keys hidden_keys
    hash_locked hash_unlocked hashref_locked hashref_unlocked lock_keys_plus
    lock_ref_keys unlock_ref_keys lock_ref_value unlock_ref_value lock_hashref unlock_hashref
    lock_hash_recurse unlock_hash_recurse lock_hashref_recurse unlock_hashref_recurse
);

sub lock_ref_keys {
    my ($hash, @keys) = @_;
    if (@keys) {
        my %allowed = map { $_ => 1 } @keys;
        for my $key (sort keys %$hash) {
            next if $allowed{$key};
            require Carp;
            Carp::croak("Hash has key '$key' which is not in the new key set");
        }
    }
    CORE::__restrict($hash, @keys ? @keys : keys %$hash);
    return $hash;
}
sub unlock_ref_keys { my ($hash) = @_; CORE::__unrestrict($hash); return $hash }
sub lock_ref_value { my ($hash, $key) = @_; CORE::__read_only(\$hash->{$key}, 1); return }
sub unlock_ref_value { my ($hash, $key) = @_; CORE::__read_only(\$hash->{$key}, 0); return }
sub lock_hashref {
    my ($hash) = @_;
    lock_ref_keys($hash);
    lock_ref_value($hash, $_) for keys %$hash;
    return $hash;
}
sub unlock_hashref {
    my ($hash) = @_;
    unlock_ref_value($hash, $_) for keys %$hash;
    return unlock_ref_keys($hash);
}
sub lock_hashref_recurse {
    my ($hash) = @_;
    lock_ref_keys($hash);
    for my $key (keys %$hash) {
        lock_hashref_recurse($hash->{$key}) if ref $hash->{$key} eq 'HASH';
        lock_ref_value($hash, $key);
    }
    return $hash;
}
sub unlock_hashref_recurse {
    my ($hash) = @_;
    for my $key (keys %$hash) {
        unlock_hashref_recurse($hash->{$key}) if ref $hash->{$key} eq 'HASH';
        unlock_ref_value($hash, $key);
    }
    return unlock_ref_keys($hash);
}

sub lock_keys (\%;@) { return lock_ref_keys(@_) }
sub lock_keys_plus (\%;@) { my ($hash, @more) = @_; return lock_ref_keys($hash, keys %$hash, @more) }
sub unlock_keys (\%) { return unlock_ref_keys(@_) }
sub lock_value (\%$) { return lock_ref_value(@_) }
sub unlock_value (\%$) { return unlock_ref_value(@_) }
sub lock_hash (\%) { return lock_hashref(@_) }
sub unlock_hash (\%) { return unlock_hashref(@_) }
sub lock_hash_recurse (\%) { return lock_hashref_recurse(@_) }
sub unlock_hash_recurse (\%) { return unlock_hashref_recurse(@_) }
sub hashref_locked { my ($hash) = @_; return CORE::__is_restricted($hash) }
sub hashref_unlocked { my ($hash) = @_; return !CORE::__is_restricted($hash) }
sub hash_locked (\%) { return hashref_locked(@_) }
sub hash_unlocked (\%) { return hashref_unlocked(@_) }
sub legal_keys (\%) { return CORE::__legal_keys($_[0]) }
sub hidden_keys (\%) { my ($hash) = @_; return grep { !exists $hash->{$_} } CORE::__legal_keys($hash) }
1;
