# the specification, section 5.7: line numbers in messages
sub a {
    die "in a";
}
sub b {
    a();
}
eval { b() };
print $@;
eval {
    die "multi",
        "line";
};
print $@;
eval { eval { die "x\n" }; print "inner $@"; die };
print $@;
eval { eval { die "first" }; die };
print $@;
my $line = __LINE__;
print "$line ", __FILE__ =~ /l_dielines/ ? 1 : 0, "\n";
open my $f, '<', \"a\nb\n";
<$f>;
eval { die "after read" };
print $@;
