# the specification, section 7.4: a short program
my $i = 5; my $a1 = $i++ + ++$i; my $b1 = $i-- - --$i; print "$a1 $b1 $i\n";
