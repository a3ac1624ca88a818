# the specification, section 7.4: a short program
my $re = qr/(\d+)/i; print "$re ", "a12" =~ $re ? $1 : "", " ", "x5y" =~ /x${re}y/ ? $1 : "", " ", ref $re, "\n";
