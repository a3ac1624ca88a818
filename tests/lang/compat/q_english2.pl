# the specification, section 7.4: a short program
use English qw(-no_match_vars); eval { die "e\n" }; print $EVAL_ERROR; local $OUTPUT_FIELD_SEPARATOR = "-"; print 1, 2; print "\n";
