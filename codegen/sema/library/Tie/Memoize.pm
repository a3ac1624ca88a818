# Perl's Tie::Memoize: a hash that computes each value once.
package Tie::Memoize;
use Tie::Hash;
our @ISA = ('Tie::ExtraHash');
sub TIEHASH {
    my ($class, $code, $data, $exists, $cache, $known) = @_;
    return bless [$cache || {}, $code, $data, $known || {}, $exists || sub { my ($key, $data) = @_; return $code->($key, $data) }], $class;
}
sub FETCH {
    my ($self, $key) = @_;
    return $self->[0]{$key} if exists $self->[0]{$key};
    my @got = $self->[1]->($key, $self->[2]);
    if (!@got) { $self->[3]{$key} = 0; return }
    $self->[3]{$key} = 1;
    return $self->[0]{$key} = $got[0];
}
sub EXISTS {
    my ($self, $key) = @_;
    return 1 if exists $self->[0]{$key};
    return $self->[3]{$key} if exists $self->[3]{$key};
    return $self->[3]{$key} = $self->[4]->($key, $self->[2]) ? 1 : '';
}
1;
