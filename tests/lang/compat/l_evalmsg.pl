# the specification, section 5.7: texts of run-time errors
use strict;
use warnings;
my @c = (
    sub { die "plain" }, sub { die "nl\n" }, sub { die { c => 1 } }, sub { my $z = 0; 1 / $z }, sub { my $z = 0; 1 % $z }, sub { Foo->bar }, sub { my $u; $u->foo },
    sub { my $s = "str"; $s->foo }, sub { main::nothere() }, sub { my $x = 5; no warnings; $x->() }, sub { my $r = []; $r->{a} }, sub { my $r = {}; $r->[0] },
    sub { my $r = \1; $$r = 2 }, sub { my @a = (1); $a[-3] = 1 }, sub { sqrt(-1) }, sub { log(0) }, sub { require No::Such::Module }, sub { die },
    sub { my $o = bless {}, 'Klass'; $o->zip }, sub { my $c = "x"; &$c() }, sub { local $_ = "abc"; die "in $_" }, sub { die "a", "b", 3, "\n" },
);
for my $c (@c) {
    eval { $c->(); 1 } and print "lived\n" and next;
    my $e = $@;
    $e =~ s/\(\@INC.*\)/(INC)/s;
    $e =~ s/HASH\(0x[0-9a-f]+\)/HASH/;
    $e .= "\n" unless $e =~ /\n\z/;
    print $e;
}
