# 6 --compat: what a module exports, as its statements work it out
use strict; use warnings;
use lib 'lib';
use Corpus::Lists qw(:late :greek item_2);
print join(" ", alpha(), beta(1), gamma(), delta(), item_2()), "\n";
if ($] > 100) { require Corpus::Never; Corpus::Never->import }
print "still here\n";
BEGIN { if ($] > 100) { require Corpus::NeverEver } }
{ package All; use Corpus::Lists ':all'; print gamma(), item_3(), "\n" }
eval { require Corpus::Never; 1 } or print $@ =~ /^(Can't locate \S+)/, "\n";
