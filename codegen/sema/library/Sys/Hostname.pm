# Perl's Sys::Hostname.
package Sys::Hostname;
our @EXPORT = qw(hostname);
sub hostname { return CORE::net_hostname() }
1;
