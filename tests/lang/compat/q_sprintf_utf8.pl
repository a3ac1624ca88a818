# the specification, section 7.4: a short program
use utf8; binmode STDOUT, ":utf8"; my $s = "naïve"; print length $s, " ", uc $s, " ", scalar reverse($s), " ", substr($s, 2, 1), " ", index($s, "v"), " ", ord("ï"), "\n";
