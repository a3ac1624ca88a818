# Where no branch is taken the condition is the value.
sub one_if { if ($_[0]) { "taken" } }
sub one_unless { unless ($_[0]) { "taken" } }
sub chain { if ($_[0] eq 'a') { 1 } elsif ($_[0] eq 'b') { 2 } }
sub modified { "taken" if $_[0] > 3 }
print join("|", one_if(0), one_if(1), one_unless("full"), one_unless(0), chain('c'), chain('b')), "\n";
my @list = modified(1); print scalar(@list), " [$list[0]]\n";
my $value = do { if ($list[0]) { 1 } }; print defined $value ? "[$value]" : 'undef', "\n";
