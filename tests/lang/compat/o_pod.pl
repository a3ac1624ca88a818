# the specification, section 7.4: a short program
print "a";

=pod

text print "no";

=cut

print "b\n";
