# the specification, section 7.4: a short program
while (<DATA>) { chomp; print "$.:$_;"; } print "\n";
__DATA__
one
two
