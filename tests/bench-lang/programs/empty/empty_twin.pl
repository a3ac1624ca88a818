# Nothing: what a process costs; other constants, one more step.
my $unused = 1;
