# The handler of `die` hears of what the language itself dies of, and not of jumps out of functions.
local $SIG{__DIE__} = sub { print "handler: $_[0]" };
my $zero = 0;
eval { my $x = 1 / $zero }; print "caught: $@";
eval { undef->method }; eval { nosuch() }; eval { sqrt(-1) }; eval { my $code; $code->() };
eval { local $SIG{__DIE__} = sub { die "changed: $_[0]" }; my $x = 1 % $zero }; print "caught: $@";
no warnings; sub leave { last ROUNDS } ROUNDS: for (1, 2) { print "round $_\n"; leave() }
package Other; print -f $0 && -r _ ? "readable\n" : "not\n";
