# Half a million numbers doubled and filtered; other constants, one more step.
my @doubled = map { $_ * 5 + 1 } 1 .. 450_000;
my @kept = grep { $_ % 7 == 0 } @doubled;
print scalar(@kept), "\n";
