# the specification, section 7.4: standard streams keep their numbers when they are opened anew
pipe my $read, my $write or die; syswrite $write, "through the pipe\n"; close $write;
open my $kept, '<&', STDIN or die;
open STDIN, '<&', $read or die; print fileno STDIN, "\n"; $| = 1; system 'cat';
open STDIN, '<&', $kept or die; print fileno STDIN, "\n";
