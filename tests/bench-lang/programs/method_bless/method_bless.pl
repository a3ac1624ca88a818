# Methods of blessed hashes, one overridden.
package Counter;

sub new {
    my ($class, $step) = @_;
    return bless { total => 0, step => $step }, $class;
}

sub bump {
    my ($self, $n) = @_;
    $self->{total} = ($self->{total} + $self->{step} * $n) % 1000003;
    return $self;
}

sub value {
    my $self = shift;
    return $self->{total};
}

package Doubler;
our @ISA = ("Counter");

sub bump {
    my ($self, $n) = @_;
    return $self->SUPER::bump(2 * $n);
}

package main;

my @counters = (Counter->new(3), Doubler->new(5), Counter->new(11));
my $sum = 0;
for my $i (1 .. 150000) {
    for my $counter (@counters) {
        $sum += $counter->bump($i)->value;
    }
}
print "$sum\n";
