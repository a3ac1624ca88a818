# the specification, section 7.4: a short program
my $t = "k1=v1\nk2=v2\n"; my %h = $t =~ /^(\w+)=(\w+)$/mg; print join(",", map { "$_$h{$_}" } sort keys %h), "\n"; my @l = $t =~ /^(.*)$/mg; print scalar(@l), "\n"; print $t =~ /\Ak1.*v2\n\z/s ? 1 : 0, "\n";
