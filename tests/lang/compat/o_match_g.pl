# the specification, section 7.4: a short program
my %h = "a=1,b=2" =~ /(\w)=(\d)/g; print join(";", map { "$_$h{$_}" } sort keys %h), "\n";
