# the specification, section 7.4: a short program
my $e = '2 * 3'; my $s = "v"; $s =~ s/v/$e/ee; print "$s\n"; my %h = (x => 5); my $t = 'a $h{x} b'; $t =~ s/(\$\w+\{\w+\})/$1/ee; print "$t\n";
