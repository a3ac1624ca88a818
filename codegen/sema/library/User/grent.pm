# Perl's User::grent: entries of the groups' database, by name.
package User::grent;
our @EXPORT = qw(getgrent getgrgid getgrnam getgr);
sub name { return $_[0][0] }
sub passwd { return $_[0][1] }
sub gid { return $_[0][2] }
sub members { return $_[0][3] }
sub _entry { return @_ ? bless [@_[0 .. 2], [split ' ', $_[3]]], 'User::grent' : undef }
sub getgrent { return _entry(CORE::getgrent()) }
sub getgrnam { return _entry(CORE::getgrnam($_[0])) }
sub getgrgid { return _entry(CORE::getgrgid($_[0])) }
sub getgr { return _entry($_[0] =~ /^\d+\z/ ? CORE::getgrgid($_[0]) : CORE::getgrnam($_[0])) }
1;
