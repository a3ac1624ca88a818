# the specification, section 7.4: a short program
package P; our $v = 3; package main; print "$P::v ", defined $main::v ? 1 : 0, "\n";
