# the specification, section 7.4: a short program
use English; "abc" =~ /b/; print "$PREMATCH $MATCH $POSTMATCH $PROGRAM_NAME" =~ /^a b c q_english/ ? "ok\n" : "no\n";
