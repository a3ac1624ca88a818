# Methods of classes with typed fields.
package Vector;
sub new    { my ($class, %fields) = @_; return bless {%fields}, $class }
sub x      { $_[0]{x} }
sub y      { $_[0]{y} }
sub plus   { my ($self, $other) = @_; return Vector->new(x => $self->x + $other->x, y => $self->y + $other->y) }
sub scaled { my ($self, $by) = @_; return Vector->new(x => $self->x * $by, y => $self->y * $by) }
sub norm2  { my ($self) = @_; return $self->x * $self->x + $self->y * $self->y }

package Mover;
sub new { my ($class, %fields) = @_; return bless { moves => 0, %fields }, $class }
sub at    { my $self = shift; $self->{at}    = shift if @_; return $self->{at} }
sub speed { my $self = shift; $self->{speed} = shift if @_; return $self->{speed} }
sub moves { my $self = shift; $self->{moves} = shift if @_; return $self->{moves} }

sub move {
    my ($self, $dt) = @_;
    $self->at($self->at->plus($self->speed->scaled($dt)));
    $self->moves($self->moves + 1);
    if ($self->at->norm2 > 100) {
        $self->speed($self->speed->scaled(-1));
    }
}

package main;
my $mover = Mover->new(at => Vector->new(x => 1.5, y => 2.5), speed => Vector->new(x => 0.5, y => 0.25));
$mover->move(0.125) for 1 .. 80000;
printf "%d %.6f %.6f\n", $mover->moves, $mover->at->x, $mover->at->y;
