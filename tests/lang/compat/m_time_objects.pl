# Times, users and groups as objects.
use Time::gmtime; use User::pwent; use User::grent;
my $time = gmtime(86400 * 365);
print join(" ", $time->year + 1900, $time->mon, $time->mday, $time->hour, $time->wday, $time->yday), "\n";
print gmctime(0), "\n", ref gmtime(0), "\n";
my $root = getpwnam('root'); print $root->name, " ", $root->uid, " ", $root->dir, "\n";
print getpwuid(0)->name, " ", getpw('root')->uid, " ", getgrgid(0)->name, " ", getgrnam('root')->gid, "\n";
print defined getpwnam('nobody at all') ? "somebody\n" : "nobody\n";
