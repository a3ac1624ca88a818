# the specification, section 7.4: a module that comes with perl, cwd
use Cwd qw(getcwd cwd abs_path realpath); print getcwd() eq cwd()?1:0,"\n"; print abs_path("/tmp/../tmp/."),"\n"; chdir "/"; print getcwd,"\n"; print realpath("/usr/.."),"\n";
