# the specification, section 7.4: a module that comes with perl, getopt std
use Getopt::Std; @ARGV=qw(-a -b val rest); my %o; getopts('ab:c',\%o); print join(",",map{"$_=$o{$_}"}sort keys %o)," @ARGV\n"; our($opt_x); @ARGV=('-x','y'); getopts('x'); print "$opt_x\n";
