# Pages of formats: `$=`, `$-`, `$%`, `$^L`, and fields that end in dots.
our ($item, $price, $note);

format STDOUT_TOP =
Page @< of the list
$%
-------------------
.
format STDOUT =
@<<<<<<< @##.## ^<<<<...
$item,   $price, $note
.

$= = 6;
$^L = "== new page ==\n";
print "$= $- $%\n";
for (['bread', 2.5, 'fresh every day'], ['milk', 1, 'cold'], ['cheese', 11.25, 'old and hard'],
     ['tea', 3, ''], ['coffee', 7.125, 'black'], ['salt', 0.5, 'unbreakably'])
{
    ($item, $price, $note) = @$_;
    write;
    $lines .= "$-/$% ";
}
print "$lines\n";
$- = 0;
($item, $price, $note) = ('last', 1, 'x');
write;
print "left: $-, page $%\n";

# A handle without a top of form has pages without numbers.
open my $file, '>', \my $text or die;
format PLAIN =
@>>>> @|||||
$item, $price
.
{
    my $before = select $file;
    $~ = 'PLAIN';
    write;
    write;
    $state = "$- $% $=";
    select $before;
}
print $text, "$state\n";

# What a field of `formline` has shown is cut off its variable.
my $rest = 'the quick brown fox';
while (length $rest) {
    formline "[^<<<<<<<<]\n", $rest;
}
print $^A;
$^A = '';
