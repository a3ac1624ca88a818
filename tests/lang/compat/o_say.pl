# the specification, section 7.4: a short program
use feature "say"; say "hi"; say for 1 .. 2; say join ",", 1, 2; my @a = (1, 2); say "@a"; say @a;
