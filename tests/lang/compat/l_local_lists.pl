# containers in a list that local puts aside
our (@q, %h) = (1, 2);
our $z = 5;
%h = (a => 1);
sub show { return "[@q] [" . (defined $z ? $z : "undef") . "] [" . join(",", map { "$_$h{$_}" } sort keys %h) . "]\n" }
{ local (@q, $z) = (7, 8); print show(); }
{ local ($z, @q) = (7, 8, 9); print show(); }
{ local ($z, %h) = (3, b => 2, c => 4); print show(); }
{ local (@q) = (@q, 3); print show(); }
{ local ($z, @q); print show(); }
{ my $count = () = local ($z, @q) = (4, 5, 6); print "$count ", show(); }
print show();
my $file = "/tmp/local_lists.$$";
open my $out, ">", $file or die; print $out "one\ntwo\n"; close $out;
my $text = do { local (@ARGV, $/) = ($file); <> };
print "text: $text";
unlink $file;
