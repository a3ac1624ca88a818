# Perl's Digest::MD5.
package Digest::MD5;
our @EXPORT_OK = qw(md5 md5_hex md5_base64);
sub _base64 { my $t = CORE::base64_encode($_[0]); $t =~ s/=+\z//; return $t }
sub md5_hex { return CORE::md5(join '', @_) }
sub md5 { return pack 'H*', CORE::md5(join '', @_) }
sub md5_base64 { return _base64(md5(@_)) }
sub new { my $class = shift; return bless {data => ''}, ref $class || $class }
sub reset { $_[0]{data} = ''; return $_[0] }
sub clone { my $self = shift; return bless {%$self}, ref $self }
sub add { my $self = shift; $self->{data} .= join '', @_; return $self }
sub addfile { my ($self, $in) = @_; my $part; $self->{data} .= $part while read $in, $part, 8192; return $self }
sub hexdigest { my $self = shift; my $out = md5_hex($self->{data}); $self->{data} = ''; return $out }
sub digest { my $self = shift; return pack 'H*', $self->hexdigest }
sub b64digest { my $self = shift; return _base64($self->digest) }
1;
