# the specification, section 7.4: a short program
my @a = ('a' .. 'h'); print "@a[1,3] @a[2..4] @a[-2,-1]\n";
