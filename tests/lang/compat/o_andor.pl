# the specification, section 7.4: a short program
my $r = ""; $r .= "a" if 1 and not 0; 0 or $r .= "b"; 1 and $r .= "c"; $r .= "d" unless 1 xor 1; print "$r\n";
