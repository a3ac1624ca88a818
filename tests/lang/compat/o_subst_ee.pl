# the specification, section 7.4: a short program
my $s = 'x'; my $v = '1 + 2'; $s =~ s/x/$v/ee; print "$s\n";
