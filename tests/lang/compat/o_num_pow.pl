# the specification, section 7.4: a short program
print 2**62, " ", 2**63, " ", 2**64, " ", 10**15, " ", 10**16, " ", 3**20, " ", (-2)**3, " ", 2**-1, " ", 2**0.5, "\n";
