# the specification, section 7.4: a short program
my @a = (1, 2); my %h = (k => "v", "a b" => 3); my $r = { x => [7, 8] }; print "$a[0] $a[-1] $h{k} $h{'a b'} $r->{x}[1] @{$r->{x}} $#a @a[0,1] @h{'k'} ${\ 'z'}\n";
