# the specification, section 7.4: a short program
use feature "state"; sub n { state $c = 10; return $c++ } n(); n(); print n(), "\n";
