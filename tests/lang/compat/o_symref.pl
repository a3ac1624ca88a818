# the specification, section 7.4: a short program
no strict "refs"; our $name = "v"; our $v = 5; print ${"v"}, " ", $$name, "\n"; sub hey { "hey" } print &{"hey"}(), " ", "main"->can("hey")->(), "\n";
