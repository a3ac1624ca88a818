# the specification, section 3.4: constant operands compare with $.
while (<DATA>) {
    print if 2 .. 3;
}
__DATA__
one
two
three
four
