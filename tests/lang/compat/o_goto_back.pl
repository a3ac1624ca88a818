# the specification, section 7.4: goto back
my $n = 0;
AGAIN: $n++;
print "n=$n\n";
goto AGAIN if $n < 3;
my @out;
my $i = 0;
START:
push @out, $i;
$i++;
if ($i < 5) { goto START }
print "@out\n";
sub count { my $k = shift; my $s = ''; TOP: $s .= $k; $k--; goto TOP if $k > 0; return $s }
print count(4), count(1), "\n";
for my $x (1 .. 2) { my $t = 0; L: $t++; goto L if $t < $x * 2; print "$x:$t " }
print "\n";
goto END_OF_IT if $n == 3;
print "never\n";
END_OF_IT: print "end\n";
