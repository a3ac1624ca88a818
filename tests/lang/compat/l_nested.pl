# the specification, section 3.6: nested data
use strict;
use warnings;
my %db = (
    users => [ { name => 'ann', langs => [qw(perl c)] }, { name => 'bob', langs => [] } ],
    meta => { count => 2, tags => { x => 1, y => [1, [2, 3]] } },
);
print scalar @{ $db{users} }, " $db{users}[0]{name} $db{users}->[0]->{langs}->[1] $db{meta}{tags}{y}[1][0]\n";
push @{ $db{users}[1]{langs} }, 'go', 'rust';
$db{users}[2]{name} = 'cid';
$db{meta}{new}{deep}[2] = 'v';
print join(",", map { "$_->{name}:" . scalar @{ $_->{langs} || [] } } @{ $db{users} }), "\n";
print exists $db{meta}{new}{deep} ? 1 : 0, defined $db{meta}{new}{deep}[0] ? 1 : 0, scalar @{ $db{meta}{new}{deep} }, "\n";
for my $k (sort keys %{ $db{meta} }) { print "$k=", ref $db{meta}{$k} || $db{meta}{$k}, " " }
print "\n";
my @sorted = sort { $a->{name} cmp $b->{name} } @{ $db{users} };
print "$sorted[-1]{name} $#{ $db{users} } @{ $db{users}[1]{langs} }[0, 1]\n";
delete $db{meta}{tags};
print join(",", sort keys %{ $db{meta} }), "\n";
my @copy = map { { %$_ } } @{ $db{users} };
$copy[0]{name} = 'changed';
print $db{users}[0]{name}, "\n";
my ($f, $g) = @{ $db{users} }[0, 1];
print "$f->{name} $g->{name}\n";
