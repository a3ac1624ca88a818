# The frame of an `eval` is where that stands, and has no arguments.
sub frames { my @shown; my $level = 0; while (my @frame = caller($level++)) { push @shown, "$frame[3]:$frame[2]:$frame[4]" } join " ", @shown }
print frames(1), "\n";
print eval { frames() }, "\n";
print eval "\n\nframes()", "\n";
sub outer { my $result = eval {
    frames() }; $result }
print outer(), "\n";
