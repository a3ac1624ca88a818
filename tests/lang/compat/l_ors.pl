# the specification, section 7.4: output separators
{
    local $, = ",";
    local $\ = "\n";
    print 1, 2, 3;
    print "a";
    my @x = (4, 5);
    print @x, "end";
    printf "%d\n", 6;
}
{
    local $" = "-";
    my @y = (1, 2, 3);
    print "@y[0,1] @{[map { $_ * 2 } @y]}\n";
}
{
    local $; = "|";
    my %h;
    $h{1, 2} = 3;
    print join(",", %h), "\n";
}
