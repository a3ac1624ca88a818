# the specification, section 7.4: a module that comes with perl, memoize
use Memoize; my $n=0; sub slow{my $x=shift; $n++; $x*2} memoize('slow'); print slow(2),slow(2),$n,"\n"; 
