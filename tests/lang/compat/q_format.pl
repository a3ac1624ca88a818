# the specification, section 7.4: a short program
our ($name, $n) = ("ann", 3.14159); format STDOUT =
@<<<<<<<< @>>>>> @##.##
$name, "r", $n
.
write; $name = "bob"; $n = 42; write;
