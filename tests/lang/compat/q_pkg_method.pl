# the specification, section 7.4: a short program
package P; sub name { __PACKAGE__ } sub call { __PACKAGE__->name . (caller(0))[3] } package main; print P->call, "\n";
