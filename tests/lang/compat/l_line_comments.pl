# the specification, section 5.7: comments that say where lines come from
use strict;
use warnings;
eval { die "before" };
print $@;
# line 100 "foo.pl"
eval { die "here" };
print $@;
print __LINE__, " ", __FILE__, "\n";
eval qq{#line 50 "bar.pl"\ndie "there"};
print $@;
eval qq{\n# line 7\n\ndie "numbered"};
print $@ =~ /^numbered at \(eval \d+\) line 8\.$/ ? "numbered\n" : $@;
sub late { die "in late" }
# line 3
eval { late() };
print $@;
eval { die "same file" };
print $@;
