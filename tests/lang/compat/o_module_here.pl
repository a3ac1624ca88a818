# the specification, section 7.4: module here
BEGIN { package My::Mod; $INC{'My/Mod.pm'} = 1; require Exporter; our @ISA = ('Exporter'); our @EXPORT = qw(foo); our @EXPORT_OK = qw(bar $var @arr); our %EXPORT_TAGS = (all => [qw(foo bar)]); our $var = 7; our @arr = (1, 2); sub foo { "foo" } sub bar { "bar" } }
use My::Mod qw(:all $var @arr);
print foo(), bar(), $var, "@arr\n";
package Other; sub new { bless {}, shift } sub hi { "hi" } package main; BEGIN { $INC{'Other.pm'} = 1 } use Other; print Other->new->hi, "\n";
