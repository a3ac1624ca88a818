# core Perl: formats with a top of form
our ($n,$v)=("apple",1.5); format STDOUT_TOP =
Name       Price
----------------
.
format STDOUT =
@<<<<<<<<< @##.## @>>>>> @||||||
$n,        $v, "r", "mid"
.
write; ($n,$v)=("banana",22.456); write; print "end\n";
