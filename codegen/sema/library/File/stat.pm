# Perl's File::stat: what is known of a file, by name.
package File::stat;
our @EXPORT = qw(stat lstat);
our @EXPORT_OK = qw(populate stat_cando);

my @fields = qw(dev ino mode nlink uid gid rdev size atime mtime ctime blksize blocks);
for my $at (0 .. $#fields) {
    no strict 'refs';
    *{"File::stat::$fields[$at]"} = sub { return $_[0][$at] };
}

sub populate { return @_ ? bless [@_], 'File::stat' : undef }
sub stat { my ($file) = @_ ? @_ : $_; return populate(CORE::stat($file)) }
sub lstat { my ($file) = @_ ? @_ : $_; return populate(CORE::lstat($file)) }

# Whether a mode grants something to a user: the bit of the owner, moved to the group and to others.
sub cando {
    my ($self, $bit, $effective) = @_;
    my $user = $effective ? $> : $<;
    my ($group, @groups) = split ' ', $effective ? $) : $(;
    if ($user == 0) { return $bit != 0100 || $self->[2] & 0111 || ($self->[2] & 0170000) == 0040000 ? 1 : '' }
    return $self->[2] & $bit ? 1 : '' if $self->[4] == $user;
    return $self->[2] & $bit >> 3 ? 1 : '' if grep { $_ == $self->[5] } $group, @groups;
    return $self->[2] & $bit >> 6 ? 1 : '';
}
sub stat_cando { my ($self, @asked) = @_; return $self->cando(@asked) }

sub _is { my ($self, $kind) = @_; return ($self->[2] & 0170000) == $kind ? 1 : '' }
our %test = (
    r => sub { $_[0]->cando(0400, 1) }, w => sub { $_[0]->cando(0200, 1) }, x => sub { $_[0]->cando(0100, 1) },
    R => sub { $_[0]->cando(0400) }, W => sub { $_[0]->cando(0200) }, X => sub { $_[0]->cando(0100) },
    o => sub { $_[0][4] == $> ? 1 : '' }, O => sub { $_[0][4] == $< ? 1 : '' },
    e => sub { 1 }, z => sub { $_[0][7] == 0 ? 1 : '' }, s => sub { $_[0][7] || '' },
    f => sub { _is($_[0], 0100000) }, d => sub { _is($_[0], 0040000) }, l => sub { _is($_[0], 0120000) },
    p => sub { _is($_[0], 0010000) }, S => sub { _is($_[0], 0140000) },
    b => sub { _is($_[0], 0060000) }, c => sub { _is($_[0], 0020000) },
    u => sub { $_[0][2] & 04000 ? 1 : '' }, g => sub { $_[0][2] & 02000 ? 1 : '' }, k => sub { $_[0][2] & 01000 ? 1 : '' },
    M => sub { ($^T - $_[0][9]) / 86400 }, A => sub { ($^T - $_[0][8]) / 86400 }, C => sub { ($^T - $_[0][10]) / 86400 },
);
use overload '-X' => sub {
    my ($self, $letter) = @_;
    return $test{$letter}->($self) if $test{$letter};
    require Carp;
    Carp::croak("-$letter is not implemented on File::stat objects");
}, fallback => 1;
1;
