# the specification, section 7.4: record separators
my $data = "a;b;c";
{
    local $/ = ";";
    open my $f, '<', \$data or die;
    my @r = <$f>;
    print scalar(@r), " [@r]\n";
    chomp @r;
    print "[@r]\n";
}
my $para = "p1 l1\np1 l2\n\n\np2 l1\n";
{
    local $/ = "";
    open my $f, '<', \$para or die;
    my $n = 0;
    while (<$f>) { $n++; my $c = () = /\n/g; print "para $n has $c breaks\n" }
}
{
    local $/ = \3;
    open my $f, '<', \"abcdefgh" or die;
    print join("|", <$f>), "\n";
}
