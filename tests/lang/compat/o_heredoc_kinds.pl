# the specification, section 7.4: heredoc kinds
print <<`C`;
echo shell | tr a-z A-Z
C
print <<"";
until empty

print "between\n";
"abc" =~ /(b)(c)/; print "$#+ $#- @-\n";
