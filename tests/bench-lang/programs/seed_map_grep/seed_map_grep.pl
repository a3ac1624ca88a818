# Half a million numbers doubled and filtered.
my @doubled = map { $_ * 2 } 1 .. 500_000;
my @kept = grep { $_ % 3 == 0 } @doubled;
print scalar(@kept), "\n";
