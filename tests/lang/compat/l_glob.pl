# the specification, section 7.4: typeglobs
our ($x, @x, %x) = (1);
@x = (2, 3);
*y = \$x;
*z = *x;
our ($y, @z);
$y = 5;
print "$x @z\n";
*hello = sub { "hello @_" };
print hello("w"), "\n";
sub with_fh { my $fh = shift; print $fh "to handle\n" }
with_fh(*STDOUT);
with_fh(\*STDOUT);
{
    no warnings 'redefine';
    local *hello = sub { "temp" };
    print hello(), "\n";
}
print hello("back"), "\n";
print *x{PACKAGE}, " ", ref *x{ARRAY}, " ", ref \*x, "\n";
