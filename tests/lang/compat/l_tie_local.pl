# the specification, section 7.4: local of elements of tied arrays and hashes
use strict;
use warnings;
{
    package Logged;
    require Tie::Hash;
    our @ISA = 'Tie::StdHash';
    sub STORE { print "store $_[1]=", $_[2] // 'undef', "\n"; $_[0]{$_[1]} = $_[2] }
    sub DELETE { print "delete $_[1]\n"; delete $_[0]{$_[1]} }
}
{
    package LoggedArray;
    require Tie::Array;
    our @ISA = 'Tie::StdArray';
    sub STORE { print "store [$_[1]]=", $_[2] // 'undef', "\n"; $_[0][$_[1]] = $_[2] }
}
tie my %table, 'Logged';
$table{a} = 1;
{
    local $table{a} = 2;
    print "inside $table{a}\n";
    local $table{b} = 3;
    print join(",", map { "$_$table{$_}" } sort keys %table), "\n";
}
print join(",", map { "$_$table{$_}" } sort keys %table), "\n";
tie my @list, 'LoggedArray';
@list = (1, 2);
{ local $list[0] = 9; print "@list\n"; }
print "@list\n";
