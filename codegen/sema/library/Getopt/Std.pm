# Perl's Getopt::Std.
package Getopt::Std;
our @EXPORT = qw(getopt getopts);
our $STANDARD_HELP_VERSION;

sub _set { my ($table, $name, $value) = @_; if ($table) { $table->{$name} = $value } else { no strict 'refs'; ${"main::opt_$name"} = $value } return }

sub getopts {
    my ($letters, $table) = @_;
    my $wrong = 0;
    while (@ARGV && $ARGV[0] =~ /^-(.)(.*)/s) {
        my ($first, $rest) = ($1, $2);
        if ($ARGV[0] eq '--') { shift @ARGV; last }
        my $at = index $letters, $first;
        if ($at >= 0 && $first ne ':') {
            if (substr($letters, $at + 1, 1) eq ':') {
                shift @ARGV;
                $rest = shift @ARGV if $rest eq '';
                _set($table, $first, $rest);
            } else {
                _set($table, $first, 1);
                if ($rest eq '') { shift @ARGV } else { $ARGV[0] = "-$rest" }
            }
        } else {
            warn "Unknown option: $first\n";
            $wrong++;
            if ($rest ne '') { $ARGV[0] = "-$rest" } else { shift @ARGV }
        }
    }
    return $wrong == 0;
}

sub getopt {
    my ($letters, $table) = @_;
    return getopts(join('', map { "$_:" } split //, $letters), $table);
}
1;
