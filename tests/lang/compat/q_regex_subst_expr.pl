# the specification, section 7.4: a short program
my $s = "a1b22"; (my $t = $s) =~ s/(\d+)/<$1>/g; (my $u = $s) =~ s/(\d+)/length($1)/ge; (my $v = $s) =~ s/([a-z])/ord($1)/ge; (my $w = $s) =~ s/(\d+)/sprintf "%03d", $1/ge; print "$t $u $v $w\n";
