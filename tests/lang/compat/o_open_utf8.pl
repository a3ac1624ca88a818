# the specification, section 7.4: open utf8
use utf8; use open qw(:std :utf8);
print "é\n"; open my $f, '>', "/tmp/o_open_utf8_$$" or die; print $f "né\n"; close $f; print -s "/tmp/o_open_utf8_$$", "\n"; open $f, '<', "/tmp/o_open_utf8_$$"; my $l = <$f>; print length $l, "\n"; close $f; unlink "/tmp/o_open_utf8_$$";
