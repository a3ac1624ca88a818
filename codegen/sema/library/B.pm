# Of Perl's B, what tells texts of the language and names of functions.
package B;
our @EXPORT_OK = qw(perlstring cstring svref_2object SVf_IOK SVf_NOK SVf_POK SVf_ROK SVp_IOK SVp_NOK SVp_POK);
use constant {
    SVf_IOK => 0x100, SVf_NOK => 0x200, SVf_POK => 0x400, SVf_ROK => 0x800,
    SVp_IOK => 0x1000, SVp_NOK => 0x2000, SVp_POK => 0x4000,
};
sub _escaped {
    my ($text, $also) = @_;
    my %short = ("\n" => '\n', "\r" => '\r', "\t" => '\t', "\a" => '\a', "\b" => '\b', "\f" => '\f');
    my $out = '';
    for my $char (split //, $text) {
        my $code = ord $char;
        if (index($also, $char) >= 0) { $out .= "\\$char" }
        elsif (exists $short{$char}) { $out .= $short{$char} }
        elsif ($code > 255) { $out .= sprintf '\x{%x}', $code }
        elsif ($code < 32 || $code > 126) { $out .= sprintf '\%03o', $code }
        else { $out .= $char }
    }
    return qq("$out");
}
sub perlstring {
    my ($text) = @_;
    return '0' unless defined $text;
    return _escaped($text, '"\\$@') unless utf8::is_utf8($text);
    my $out = _escaped($text, '"\\$@');
    $out =~ s/\\(\d{3})/sprintf '\x{%x}', oct $1/ge;
    return $out;
}
sub cstring { my ($text) = @_; return defined $text ? _escaped($text, '"\\') : '0' }
sub svref_2object { my ($reference) = @_; return bless {of => $reference}, ref $reference eq 'CODE' ? 'B::CV' : 'B::SV' }

package B::SV;
sub object_2svref { return $_[0]{of} }
# What a scalar holds: integers, floats and texts, or a reference.
sub FLAGS {
    my ($self) = @_;
    return 0 if ref $self->{of} ne 'SCALAR' && ref $self->{of} ne 'REF';
    my $value = ${$self->{of}};
    return 0 unless defined $value;
    return B::SVf_ROK if ref $value;
    return B::SVf_POK | B::SVp_POK unless CORE::__is_number($value);
    return $value == int $value && abs $value < 1e15 ? B::SVf_IOK | B::SVp_IOK : B::SVf_NOK | B::SVp_NOK;
}

package B::CV;
our @ISA = ('B::SV');
sub _parts { my $self = shift; require Sub::Util; return Sub::Util::subname($self->{of}) =~ /^(.*)::(.*)\z/s }
sub GV { my $self = shift; my ($package, $name) = $self->_parts; return bless {package => $package, name => $name}, 'B::GV' }
sub STASH { my $self = shift; my ($package) = $self->_parts; return bless {name => $package}, 'B::HV' }

package B::GV;
sub NAME { return $_[0]{name} }
sub SAFENAME { return $_[0]{name} }
sub STASH { my $self = shift; return bless {name => $self->{package}}, 'B::HV' }

package B::HV;
sub NAME { return $_[0]{name} }
1;
