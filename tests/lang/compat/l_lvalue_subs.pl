# the specification, section 7.4: functions that yield places
use strict;
use warnings;
my ($value, @list, %table) = (5, 1, 2);
@list = (1, 2);
our @global = (1, 2);
sub scalar_place :lvalue { $value }
sub element :lvalue { $list[$_[0]] }
sub global_element :lvalue { $global[0] }
sub entry :lvalue { my $key = shift; $table{$key} }
sub part :lvalue { substr $value, 0, 1 }
sub either :lvalue { if ($_[0]) { $list[0] } else { $list[1] } }
scalar_place() = 7;
scalar_place() .= "x";
print "$value\n";
element(1) = 9;
element(0)++;
print "@list\n";
global_element() = 4;
(global_element()) = (6);
print "@global\n";
entry("a") = 3;
entry("a") += 4;
entry("b") ||= 1;
print join(",", map { "$_=$table{$_}" } sort keys %table), "\n";
part() = "Q";
print "$value ", scalar_place(), "\n";
either(1) = "yes";
either(0) = "no";
print "@list\n";
{
    package Point;
    sub new { my ($class, %self) = @_; bless {%self}, $class }
    sub x :lvalue { $_[0]{x} }
    package Point3;
    our @ISA = 'Point';
}
my $point = Point3->new(x => 1);
$point->x = 10;
$point->x++;
print $point->x, "\n";
