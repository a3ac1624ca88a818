# the specification, section 2.8: eval, die, nested handlers and cleanup
use strict;
use warnings;
package My::Err;
sub new { my ($c, %a) = @_; bless {%a}, $c }
sub throw { my $c = shift; die $c->new(@_) }
sub code { $_[0]{code} }
package My::Err::IO;
our @ISA = 'My::Err';
package main;
sub try_it {
    my $what = shift;
    my $ok = eval {
        $what eq 'io' ? My::Err::IO->throw(code => 5) : $what eq 'plain' ? die "plain\n" : $what eq 'num' ? die 42 : 1;
    };
    return "ok $ok" unless $@;
    return 'io ' . $@->code if ref $@ && $@->isa('My::Err::IO');
    chomp(my $m = $@);
    $m =~ s/ at .*//;
    return "other $m";
}
print try_it($_), "\n" for qw(io plain num fine);
my @log;
sub risky { local $@; eval { die "inner\n" }; push @log, "caught $@"; return 'r' }
eval { die "outer\n" };
risky();
print "$@@log";
my $r = eval { eval { die "a\n" } or die "b: $@"; 1 };
print $r ? "yes" : "no $@";
die_rethrow();
sub die_rethrow { eval { eval { die { lvl => 1 } }; $@->{lvl}++; die $@ }; print "lvl $@->{lvl}\n" }
