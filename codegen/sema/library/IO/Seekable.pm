# Perl's IO::Seekable. Its methods are those that every handle has.
package IO::Seekable;
our @EXPORT = qw(SEEK_SET SEEK_CUR SEEK_END);
use constant { SEEK_SET => 0, SEEK_CUR => 1, SEEK_END => 2 };
1;
