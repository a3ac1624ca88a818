# the specification, section 7.5: functions of an evaluated text have their names before its statements
eval 'print later(1), "\n"; sub later { $_[0] + 1 }'; print $@;
my $o = 5;
eval 'print out(1), "\n"; sub out { $_[0] + $o }'; print $@;
eval 'my $k = 7; print cap(1), "\n"; sub cap { $_[0] + ($k // 0) } print cap(1), "\n";'; print $@;
for my $i (1..2) { eval 'print inl($i), "\n"; sub inl { $_[0] * 10 }'; print $@ }
eval 'if (0) { sub hidden { "h" } } print hidden(), "\n"'; print $@;
eval 'print two(), "\n"; sub two { 1 } { no warnings; sub two { 2 } } print two(), "\n"'; print $@;
