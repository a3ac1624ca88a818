# the specification, section 7.4: globs behind references, and their parts; eof in <>; versions
use strict;
use warnings;
our ($name, @name, %name) = ("scalar");
@name = (1, 2);
%name = (key => "value");
my $ref = \*name;
print *$ref, " ", *{$ref}, " ", ${*$ref}, " @{*$ref} ${*$ref}{key} ${*$ref}[1]\n";
my $glob = *$ref;
print "$glob ", *name{PACKAGE}, " ", *name{NAME}, " ", ref *name{HASH}, " ", *{$ref}{ARRAY} == \@name ? "same" : "other", "\n";
${*$ref}{more} = 1;
${*$ref} = "changed";
print join(",", sort keys %name), " $name\n";
open my $in, '<', $0 or die;
${*$in}{lines} = 3;
print ${*$in}{lines}, "\n";
close $in;
my $file = "/tmp/l_glob_parts_$$";
for my $n (1, 2) { open my $out, '>', "$file.$n" or die; print $out "a$n\nb$n\n"; close $out }
{
    local @ARGV = ("$file.1", "$file.2");
    while (<>) {
        chomp;
        print "$.:$_", eof ? " ends\n" : "\n";
        close ARGV if eof;
    }
}
unlink "$file.1", "$file.2";
print sprintf("%vd", $^V) =~ /^5\.\d+\.\d+$/ ? "version\n" : "none\n";
