# the specification, section 7.4: a short program
sub mk { return { @_ } } print mk(a => 1)->{a}, { b => 2 }->{b}, [3, 4]->[1], "\n";
