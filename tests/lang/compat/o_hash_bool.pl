# the specification, section 7.4: a short program
my %h; print %h ? "yes" : "no"; $h{1} = 1; print %h ? "yes" : "no", scalar(%h), "\n";
