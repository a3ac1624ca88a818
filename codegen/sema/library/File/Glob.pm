# Perl's File::Glob.
package File::Glob;
our @EXPORT_OK = qw(csh_glob bsd_glob glob GLOB_ABEND GLOB_ALPHASORT GLOB_ALTDIRFUNC GLOB_BRACE GLOB_CSH GLOB_ERR
    GLOB_ERROR GLOB_LIMIT GLOB_MARK GLOB_NOCASE GLOB_NOCHECK GLOB_NOMAGIC GLOB_NOSORT GLOB_NOSPACE GLOB_QUOTE GLOB_TILDE);
our %EXPORT_TAGS = (
    glob => [qw(glob bsd_glob GLOB_ABEND GLOB_ALPHASORT GLOB_ALTDIRFUNC GLOB_BRACE GLOB_CSH GLOB_ERR
    GLOB_ERROR GLOB_LIMIT GLOB_MARK GLOB_NOCASE GLOB_NOCHECK GLOB_NOMAGIC GLOB_NOSORT GLOB_NOSPACE GLOB_QUOTE GLOB_TILDE)],
    bsd_glob => [qw(bsd_glob GLOB_ABEND GLOB_ALPHASORT GLOB_ALTDIRFUNC GLOB_BRACE GLOB_CSH GLOB_ERR
    GLOB_ERROR GLOB_LIMIT GLOB_MARK GLOB_NOCASE GLOB_NOCHECK GLOB_NOMAGIC GLOB_NOSORT GLOB_NOSPACE GLOB_QUOTE GLOB_TILDE)],
    globally => [],
);
use constant {
    GLOB_ABEND => -2, GLOB_ALPHASORT => 0x2000, GLOB_ALTDIRFUNC => 0x0040, GLOB_BRACE => 0x0080, GLOB_ERR => 0x0004,
    GLOB_LIMIT => 0x4000, GLOB_MARK => 0x0002, GLOB_NOCASE => 0x1000, GLOB_NOCHECK => 0x0010, GLOB_NOMAGIC => 0x0200,
    GLOB_NOSORT => 0x0020, GLOB_NOSPACE => -1, GLOB_QUOTE => 0x0400, GLOB_TILDE => 0x0800,
};
use constant GLOB_CSH => GLOB_BRACE | GLOB_NOMAGIC | GLOB_QUOTE | GLOB_TILDE | GLOB_ALPHASORT;
sub GLOB_ERROR { return 0 }

# One pattern, whose blanks are part of it.
sub bsd_glob {
    my ($pattern, $flags) = @_;
    $flags = GLOB_CSH unless defined $flags;
    (my $one = $pattern) =~ s/([ \t"'])/\\$1/g;
    my @names = CORE::glob($one);
    @names = grep { -e $_ || -l $_ } @names unless $flags & (GLOB_NOCHECK | GLOB_NOMAGIC);
    @names = ($pattern) if !@names && $flags & GLOB_NOCHECK;
    if ($flags & GLOB_MARK) { -d $_ and $_ .= '/' for @names }
    return @names;
}
sub csh_glob { return CORE::glob(@_ ? $_[0] : $_) }
sub glob { return CORE::glob(@_ ? $_[0] : $_) }
1;
