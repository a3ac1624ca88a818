# the specification, section 7.4: a module that comes with perl, IO::Select
use strict; use warnings;
use IO::Select;
pipe my $read, my $write or die; pipe my $other, my $quiet or die;
my $select = IO::Select->new($read); $select->add($other);
print $select->count, "\n"; my @ready = $select->can_read(0); print scalar(@ready), "\n";
syswrite $write, "x";
@ready = $select->can_read(1); print scalar(@ready), $ready[0] == $read ? " read\n" : " other\n";
my ($r, $w, $e) = IO::Select->select($select, IO::Select->new($write), undef, 1);
print scalar(@$r), scalar(@$w), scalar(@$e), "\n";
print $select->exists($other) ? "in\n" : "out\n"; print $select->remove($other), "\n"; print $select->exists($other) ? "in\n" : "out\n";
print join(',', map { $_ == $read } $select->handles), "\n";
print defined IO::Select->new->bits ? "bits\n" : "none\n";
