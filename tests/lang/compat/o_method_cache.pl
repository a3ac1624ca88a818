# 5.4 compat: what a method call found holds only until something changes: functions, parents, by any way.
use strict;
use warnings;

package Animal;
sub new { my ($class, %fields) = @_; return bless { name => "x", %fields }, $class }
sub speak { "..." }
sub legs { 4 }
package Dog;
our @ISA = ("Animal");
sub speak { "Woof" }
package Robot;
sub speak { "Beep" }
sub legs { 0 }
package Both;
our @ISA = ("Dog");
package main;

my $dog = Dog->new;
my $both = Both->new;
sub say_all { my ($note) = @_; print "$note: ", join(" ", map { $_->speak . $_->legs } $dog, $both), "\n" }
sub change { my ($note, $code) = @_; say_all("before $note") for 1 .. 2; $code->(); say_all($note) for 1 .. 2 }

{
    no strict "refs";
    no warnings "redefine";
    say_all("start") for 1 .. 3;
    change("function by glob", sub { *Dog::speak = sub { "Wau" } });
    change("function by name", sub { *{"Animal::legs"} = sub { 3 } });
    change("parents assigned", sub { @Both::ISA = ("Robot") });
    change("parents pushed", sub { @Dog::ISA = (); push @Dog::ISA, "Robot" });
    my $kept = \@Both::ISA;
    change("parents by reference", sub { @$kept = ("Dog") });
    change("element by reference", sub { $kept->[0] = "Robot" });
    change("parents by name", sub { @{"Dog::ISA"} = ("Animal") });
    change("element by name", sub { ${"Both::ISA"}[0] = "Dog" });
    change("glob of an array", sub { my @other = ("Robot"); *Dog::ISA = \@other });
    change("local parents", sub { local @Both::ISA = ("Animal"); say_all("inside") for 1 .. 2 });
    change("spliced", sub { splice @Both::ISA, 0, 1, "Robot", "Animal" });
    change("local function", sub { local *Dog::speak = sub { "Hush" }; say_all("inside") for 1 .. 2 });
    change("parents anew", sub { @Dog::ISA = ("Animal") });
    change("blessed anew", sub { bless $dog, "Robot" });
    change("eval", sub { eval 'sub Robot::speak { "New" } 1' or die });
}

# Fields under the same place in code, in hashes that were filled in another order.
my @things = ({ a => 1, b => 2 }, { b => 3, a => 4 }, { c => 5 }, { a => "text" x 10, b => undef });
for my $round (1 .. 2) {
    for my $thing (@things) {
        $thing->{total} = ($thing->{a} || 0) . "/" . ($thing->{b} // "none");
        $thing->{b} = $round unless exists $thing->{b};
        push @{ $thing->{list} }, $round;
        $thing->{deep}{count}++;
        delete $thing->{a} if $round == 1 && $thing->{b} && $thing->{b} eq "3";
    }
}
print join(";", map { my $thing = $_; join(",", map { "$_=" . (ref $thing->{$_} eq "ARRAY" ? "@{ $thing->{$_} }" : ref $thing->{$_} ? $thing->{$_}{count} : $thing->{$_} // "undef") } sort keys %$thing) } @things), "\n";
my $shared = { v => 1 };
my $ref = \$shared->{v};
for (1 .. 3) { $shared->{v} += 2; $$ref *= 2; $shared->{v} = $shared->{v} - 1 }
print "$shared->{v} $$ref\n";
for my $name (qw(ONE TWO)) { my $h = $name eq "ONE" ? {} : \%ENV; $h->{S_METHOD_CACHE} = $name }
print `printf %s "\$S_METHOD_CACHE"`, "\n";

# A function that replaces itself goes on with what it captured.
{
    no strict "refs";
    no warnings "redefine";
    my @made;
    for my $n (1 .. 3) {
        my @kept = ($n) x 3;
        *{"main::self"} = sub { *{"main::self"} = sub { "after $n" }; my @junk = map { [$_] } 1 .. 50; return "during @kept" };
        push @made, self(), self();
    }
    print join("; ", @made), "\n";
}

# Somebody else has the function that is replaced, and lets go of it while it runs.
{
    no strict "refs";
    no warnings "redefine";
    my (%handlers, @said);
    my $register = sub {
        my ($name, $id) = @_;
        my %state = (id => $id);
        $handlers{$name} = sub {
            my ($self, $last) = @_;
            if ($last) {
                *{"Events::$name"} = sub { "gone" };
                delete $handlers{$name};
                my %filler = map { $_ => "z" x 20 } 1 .. 200;
            }
            return "state " . ($state{id} // "lost");
        };
        *{"Events::$name"} = $handlers{$name};
    };
    $register->("click", 42);
    my $events = bless {}, "Events";
    push @said, $events->click($_) for 0, 0, 0, 1, 0;
    print join("; ", @said), "\n";
}

# Parents that are changed through another name, behind the first element, or in place.
{
    no strict "refs";
    package Nobody; sub unused { 1 }
    package First; sub called { "first" }
    package Second; sub called { "second" }
    package Kid; our @ISA = ("First");
    package main;
    my $kid = bless [], "Kid";
    my @said;
    my $say = sub { push @said, $kid->called for 1 .. 2 };
    $say->();
    *main::parents = *Kid::ISA;
    our @parents;
    @parents = ("Second");
    $say->();
    @Kid::ISA = ("Nobody", "First");
    $say->();
    my $isa = \@Kid::ISA;
    $isa->[1] = "Second";
    $say->();
    print "@said\n";
}

# A method of a package that is named is that one.
{ package Foo::Bar; sub baz { "of Foo::Bar" } }
{ package Bar; sub baz { "of Bar" } }
{ my $foo = bless [], "Foo"; print join(" ", map { $foo->Bar::baz } 1 .. 3), "\n" }
