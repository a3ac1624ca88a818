# the specification, section 7.4: a short program
my $d = "/tmp/s-corpus-l-$$"; open my $f, '>', $d; print $f "x"; close $f; symlink $d, "$d.l"; print -l "$d.l" ? 1 : 0, readlink("$d.l") eq $d ? 1 : 0, -e "$d.l" ? 1 : 0, "\n"; unlink $d, "$d.l";
