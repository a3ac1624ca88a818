# the specification, section 7.4: a module that comes with perl, class struct
use Class::Struct; struct(Point=>{x=>'$',y=>'$'}); my $p=Point->new(x=>1,y=>2); print $p->x+$p->y,"\n"; $p->x(10); print $p->x,"\n"; struct Foo=>[a=>'@',h=>'%']; my $f=Foo->new(a=>[1,2],h=>{k=>1}); print $f->a(1),$f->h('k'),"\n";
