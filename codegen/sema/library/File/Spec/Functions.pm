# Perl's File::Spec::Functions.
package File::Spec::Functions;
use File::Spec;
our @EXPORT = qw(canonpath curdir rootdir updir no_upwards file_name_is_absolute path catdir catfile);
our @EXPORT_OK = qw(devnull tmpdir splitpath splitdir catpath abs2rel rel2abs case_tolerant);
our %EXPORT_TAGS = (ALL => [qw(canonpath curdir rootdir updir no_upwards file_name_is_absolute path catdir catfile devnull tmpdir splitpath splitdir catpath abs2rel rel2abs case_tolerant)]);
sub canonpath { return File::Spec->canonpath(@_) }
sub curdir { return '.' }
sub rootdir { return '/' }
sub updir { return '..' }
sub no_upwards { return File::Spec->no_upwards(@_) }
sub file_name_is_absolute { return File::Spec->file_name_is_absolute(@_) }
sub path { return File::Spec->path }
sub catdir { return File::Spec->catdir(@_) }
sub catfile { return File::Spec->catfile(@_) }
sub devnull { return '/dev/null' }
sub tmpdir { return File::Spec->tmpdir }
sub splitpath { return File::Spec->splitpath(@_) }
sub splitdir { return File::Spec->splitdir(@_) }
sub catpath { return File::Spec->catpath(@_) }
sub abs2rel { return File::Spec->abs2rel(@_) }
sub rel2abs { return File::Spec->rel2abs(@_) }
sub case_tolerant { return 0 }
1;
