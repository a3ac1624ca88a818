# the specification, section 7.4: a short program
eval { die { code => 42 } }; print $@->{code}, "\n"; eval { die [1, 2] }; print "@{$@}\n";
