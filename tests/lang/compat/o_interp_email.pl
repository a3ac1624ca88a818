# the specification, section 7.4: a short program
my $u = "me\@x.org"; print "$u ${u}s $u->[0]" =~ /me/ ? "ok\n" : "no\n" if 0; print "$u ${u}s\n";
