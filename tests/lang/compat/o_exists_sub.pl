# the specification, section 7.4: a short program
sub here { 1 } print defined &here ? 1 : 0, defined &nowhere ? 1 : 0, exists &here ? 1 : 0, "\n";
