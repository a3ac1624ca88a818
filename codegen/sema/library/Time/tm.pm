# Times of the day as objects: the fields in the order of gmtime, by name.
package Time::tm;
our @names = qw(sec min hour mday mon year wday yday isdst);
sub _of { my ($class, @fields) = @_; return bless {map { $names[$_] => $fields[$_] } 0 .. $#names}, $class }
for my $name (@names) {
    no strict 'refs';
    *{"Time::tm::$name"} = sub { return $_[0]{$name} };
}
1;
