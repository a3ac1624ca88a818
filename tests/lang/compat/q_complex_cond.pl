# the specification, section 7.4: a short program
print "ok1\n" if 1 && (0 || 1) && !(1 && 0); print "ok2\n" unless not 1; print((1 < 2) == 1 ? "eq\n" : "ne\n"); print "xor\n" if (1 xor 0);
