# the specification, section 2.6: classes through bless and @ISA
use strict;
use warnings;
package Animal;
sub new {
    my ($class, %o) = @_;
    my $self = { name => $o{name} || 'thing', sound => 'noise' };
    return bless $self, $class;
}
sub name { $_[0]->{name} }
sub speak {
    my $self = shift;
    return sprintf "%s says %s", $self->name, $self->sound;
}
sub sound { $_[0]{sound} }
package Dog;
our @ISA = ('Animal');
sub new {
    my ($class, %o) = @_;
    my $self = Animal::new($class, %o);
    $self->{tricks} = [];
    return $self;
}
sub sound { 'woof' }
sub add_trick { my ($self, @t) = @_; push @{ $self->{tricks} }, @t; return $self }
sub tricks { @{ $_[0]{tricks} } }
package Puppy;
use parent -norequire, 'Dog';
sub speak { my $self = shift; my $s = $self->SUPER::speak(); return lc "$s!" }
package main;
my $a = Animal->new;
my $d = Dog->new(name => 'Rex');
my $p = Puppy->new(name => 'Bit');
print $_->speak, "\n" for $a, $d, $p;
$d->add_trick('sit')->add_trick('roll', 'beg');
print join('/', $d->tricks), "\n";
print ref($p), " ", $p->isa('Animal') ? 'animal' : 'no', " ", Dog->isa('Puppy') ? 1 : 0, " ", $p->can('tricks') ? 1 : 0, "\n";
my $class = 'Dog';
my $m = 'name';
print $class->new(name => 'Dyn')->$m, "\n";
