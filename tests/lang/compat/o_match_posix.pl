# the specification, section 7.4: a short program
print join("", "aB3 _" =~ /[[:alpha:]]/g), join("", "aB3 _" =~ /[^[:alnum:]]/g), "\n";
