# Perl's version objects: dotted ones and decimal ones, which are dotted ones of groups of three digits.
package version;
our $VERSION = '0.9929';
our @EXPORT = qw(qv);
our @EXPORT_OK = qw(declare is_lax is_strict);
use overload '<=>' => \&vcmp, 'cmp' => \&vcmp, '""' => \&stringify, 'bool' => \&_is_set;

sub _fail { my ($text) = @_; require Carp; Carp::croak($text) }

sub _made {
    my ($class, $text, $dotted) = @_;
    $text = '0' if !defined $text || $text eq '' || $text eq 'undef';
    # A literal such as v1.2.3 is characters of these numbers.
    $text = sprintf 'v%vd', $text if $text =~ /[^ -~]/;
    $text =~ s/\A\s+|\s+\z//g;
    my $shown = $text;
    my @parts;
    if ($text =~ /\Av/ || $dotted || ($text =~ tr/.//) > 1) {
        (my $plain = $text) =~ s/\Av//;
        _fail('Invalid version format (dotted-decimal versions require at least three parts)') if $text !~ /\Av/ && !$dotted && ($text =~ tr/.//) < 2;
        _fail('Invalid version format (non-numeric data)') if $plain !~ /\A\d+(?:\.\d+)*(?:_\d+)?\z/;
        $shown = "v$text" if $text !~ /\Av/ && ($text =~ tr/.//) < 2;
        $dotted = 1;
        @parts = map { 0 + $_ } split /\./, $plain =~ tr/_//dr;
        push @parts, 0 while @parts < 3;
    } else {
        my ($whole, $fraction) = $text =~ /\A(\d*)(?:\.(\d*(?:_\d+)?))?\z/ or _fail(
            $text =~ /\A\./ ? 'Invalid version format (version required)'
            : 'Invalid version format (non-numeric data)');
        $fraction = ($fraction // '') =~ tr/_//dr;
        $fraction .= '0' while length($fraction) % 3;
        @parts = (0 + ($whole || 0), map { 0 + $_ } $fraction =~ /(\d{3})/g);
    }
    return bless { original => $shown, qv => $dotted ? 1 : 0, alpha => $text =~ /_/ ? 1 : 0, version => \@parts }, ref $class || $class;
}

sub new {
    my ($class, $text, $revision) = @_;
    return _made($class, ref $class && @_ < 2 ? $class->{original} : $text) unless defined $revision;
    return _made($class, $revision, 1);
}
sub parse { my ($class, $text) = @_; return ref $text && eval { $text->isa('version') } ? bless({ %$text }, ref $class || $class) : _made($class, $text) }
sub declare {
    my ($class, $text) = @_;
    ($class, $text) = ('version', $class) if @_ < 2;
    return $text if ref $text;
    return _made($class, $text, 1);
}
sub qv { my $text = pop; my $class = @_ ? shift : 'version'; return ref $text ? $text : _made($class, $text, 1) }

sub _other { my ($self, $other) = @_; return ref $other && eval { $other->isa('version') } ? $other : $self->parse($other) }
sub vcmp {
    my ($left, $right, $swapped) = @_;
    $right = _other($left, $right);
    ($left, $right) = ($right, $left) if $swapped;
    my ($a, $b) = ($left->{version}, $right->{version});
    for my $at (0 .. ($#$a > $#$b ? $#$a : $#$b)) {
        my $order = ($a->[$at] // 0) <=> ($b->[$at] // 0);
        return $order if $order;
    }
    return 0;
}
sub VCMP { return vcmp(@_) }
sub _is_set { my ($self) = @_; return scalar grep { $_ } @{$self->{version}} }
sub stringify { return $_[0]{original} }
sub numify { my ($first, @rest) = @{$_[0]{version}}; return sprintf('%d.', $first) . (@rest ? CORE::join('', map { sprintf '%03d', $_ } @rest) : '000') }
sub normal { my @parts = @{$_[0]{version}}; push @parts, 0 while @parts < 3; return 'v' . CORE::join '.', @parts }
sub is_alpha { return $_[0]{alpha} ? 1 : '' }
sub is_qv { return $_[0]{qv} ? 1 : '' }
sub tuple { return @{$_[0]{version}} }
sub is_strict { my $text = pop; return defined $text && $text =~ /\A(?:v(?:0|[1-9]\d*)(?:\.\d{1,3}){2,}|(?:0|[1-9]\d*)\.\d+)\z/ ? 1 : '' }
sub is_lax { my $text = pop; return defined $text && $text =~ /\A(?:undef|v\d+(?:(?:\.\d+)+(?:_\d+)?)?|\d*(?:\.\d+){2,}(?:_\d+)?|\d+(?:\.\d*(?:_\d+)?)?|\.\d+(?:_\d+)?)\z/ ? 1 : '' }
1;
