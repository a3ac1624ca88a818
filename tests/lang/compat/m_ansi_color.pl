# the specification, section 7.4: a module that comes with perl, ansi color
use Term::ANSIColor; print colored("hi",'red'),color('bold blue'),"x",color('reset'),"\n"; print colored(['green on_black'],"t"),"\n"; use Term::ANSIColor qw(:constants); print RED,"r",RESET,"\n"; print BOLD,BLUE,"bb",RESET,"\n";
