# Methods of blessed hashes, one overridden; other constants, one more step.
package Counter;

sub new {
    my ($class, $step) = @_;
    return bless { total => 0, step => $step }, $class;
}

sub bump {
    my ($self, $n) = @_;
    $self->{total} = ($self->{total} + $self->{step} * $n) % 700001;
    return $self;
}

sub value {
    my $self = shift;
    return $self->{total} + $self->{step};
}

package Doubler;
our @ISA = ("Counter");

sub bump {
    my ($self, $n) = @_;
    return $self->SUPER::bump(2 * $n);
}

package main;

my @counters = (Counter->new(3), Doubler->new(7), Counter->new(11));
my $sum = 0;
for my $i (1 .. 140000) {
    for my $counter (@counters) {
        $sum += $counter->bump($i)->value;
    }
}
print "$sum\n";
