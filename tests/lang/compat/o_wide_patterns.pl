# the specification, section 7.4: wide patterns
use utf8; binmode STDOUT, ':utf8';
print "日本語" =~ /本/ ? "y" : "n", "\n"; my $s = "日本語"; $s =~ s/本/x/; print "$s\n"; print join("|", split /本/, "日本語"), "\n"; print join("|", "añb" =~ /[ñ]/g), "\n"; my $p = qr/é+/; print "caféé" =~ /($p)$/ ? $1 : '', "\n"; print sprintf("%c", 0x263a), "\n"; print "\x{e9}" lt "\x{100}" ? 1 : 0, "\n"; my $e = "\x{263a}"; utf8::encode($e); print length $e, "\n"; utf8::decode($e); print length $e, utf8::is_utf8($e) ? 1 : 0, "\n"; print bytes::length("\x{100}"), "\n"; use bytes ();
