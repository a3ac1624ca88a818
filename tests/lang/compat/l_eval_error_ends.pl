# 6 --compat: `$@` is empty behind an `eval` of a text that ends well; patterns that are none fail in it
my $z = 1;
eval "die 'three$z'"; print $@ ? 1 : 0; my $x = eval "qr/b$z/; 4"; print $x, $@ ? 1 : 0, "\n";
eval { die "x\n" }; print $@; eval "my \$q = $z; 5"; print "[$@]\n";
eval "die 'four$z'"; eval "eval { die 'inner' }; $z"; print "[$@]\n";
my $re = eval 'qr/(*no_such: a )/x'; print defined $re ? "re" : "undef", $@ ? " err" : "", "\n";
my $property = eval 'qr/\p{NoSuchProperty}/'; print defined $property ? "re" : "undef", "\n" if 0;
sub tried { my ($r) = @_; my $re = eval "qr/$r/"; return "none" if $@; return $re }
print tried('a(b'), " ", tried('ab'), "\n";
eval "\$@ = 'set'; 1"; print "[$@]\n";
