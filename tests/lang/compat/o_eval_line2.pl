# the specification, section 7.4: a short program
my $r = eval {
die "second"
};
print $@;
