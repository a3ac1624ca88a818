# A package whose name is a category of warnings, and the functions that ask and warn.
package warnings::register;
sub register_categories { return }

package warnings;
sub enabled { return 1 }
sub fatal_enabled { return '' }
sub _say {
    my ($message) = @_;
    my ($package, $level) = (scalar caller(1), 1);
    $level++ while defined caller($level) && caller($level) eq $package;
    my (undef, $file, $line) = caller($level);
    return CORE::warn("$message at $file line $line.\n");
}
sub warn { return _say($_[-1]) }
sub warnif { return _say($_[-1]) }
1;
