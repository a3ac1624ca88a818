# Perl's User::pwent: entries of the users' database, by name.
package User::pwent;
our @EXPORT = qw(getpwent getpwuid getpwnam getpw);
my @names = qw(name passwd uid gid quota comment gecos dir shell expire);
for my $at (0 .. $#names) {
    no strict 'refs';
    *{"User::pwent::$names[$at]"} = sub { return $_[0][$at] };
}
sub _entry { return @_ ? bless [@_], 'User::pwent' : undef }
sub getpwent { return _entry(CORE::getpwent()) }
sub getpwnam { return _entry(CORE::getpwnam($_[0])) }
sub getpwuid { return _entry(CORE::getpwuid($_[0])) }
sub getpw { return _entry($_[0] =~ /^\d+\z/ ? CORE::getpwuid($_[0]) : CORE::getpwnam($_[0])) }
1;
