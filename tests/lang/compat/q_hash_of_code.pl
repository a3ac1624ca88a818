# the specification, section 7.4: a short program
my %op = ('+' => sub { $_[0] + $_[1] }, '-' => sub { $_[0] - $_[1] }, 'max' => sub { $_[0] > $_[1] ? $_[0] : $_[1] }); print join(",", map { $op{$_}->(7, 3) } sort keys %op), " ", exists $op{'/'} ? 1 : 0, "\n";
