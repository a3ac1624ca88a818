# core Perl: formats, groups and users
sub fmt { my ($x,$y)=@_; format F =
@<<<|@>>>
$x, $y
.
}
our ($x,$y)=(1,2); $~="G"; format G =
@<<<|@>>>|
$x,$y
.
write; my ($name)=getgrgid(0); print "$name\n"; my @g=getgrnam("root"); print "@g\n"; my @p=getpwnam("root"); print scalar(@p)," $p[7]\n"; while (my @e=getpwent) { print $e[0],"\n"; last } endpwent; print scalar(getgrgid(0)),"\n"; print scalar(getprotobyname("tcp"))//"u","\n";
