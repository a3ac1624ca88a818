# the specification, section 7.4: a short program
print q(a (b) c), qq{ {x} }, q<'">, "\n";
