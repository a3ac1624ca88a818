# Perl's Tie::File: the lines of a file as an array.
package Tie::File;
use Tie::Array;
our @ISA = ('Tie::Array');
sub TIEARRAY {
    my ($class, $path, %option) = @_;
    my $ending = defined $option{recsep} ? $option{recsep} : $/;
    my $self = bless {path => $path, ending => $ending, lines => [], keeps => defined $option{autochomp} && !$option{autochomp}}, $class;
    my $there = open my $in, '<', $path;
    return if !$there && defined $option{mode} && !($option{mode} & 64);
    if ($there) {
        local $/ = $ending;
        while (defined(my $line = <$in>)) { chomp $line; push @{ $self->{lines} }, $line }
        close $in;
    } else {
        $self->_write;
    }
    return $self;
}
# The file is written when the array has changed, unless that is put off.
sub _write {
    my $self = shift;
    if ($self->{deferred}) { $self->{unwritten} = 1; return }
    open my $out, '>', $self->{path} or return;
    print {$out} map { defined $_ ? "$_$self->{ending}" : $self->{ending} } @{ $self->{lines} };
    close $out;
    delete $self->{unwritten};
    return 1;
}
sub _clean { my ($self, $line) = @_; $line = '' unless defined $line; $line =~ s/\Q$self->{ending}\E\z//; return $line }
sub FETCH {
    my ($self, $at) = @_;
    my $line = $self->{lines}[$at];
    return defined $line && $self->{keeps} ? "$line$self->{ending}" : $line;
}
sub STORE { my ($self, $at, $line) = @_; $self->{lines}[$at] = $self->_clean($line); $self->_write; return $line }
sub FETCHSIZE { my $self = shift; return scalar @{ $self->{lines} } }
sub STORESIZE { my ($self, $size) = @_; $#{ $self->{lines} } = $size - 1; $self->_write; return $size }
sub EXTEND { return }
sub DELETE { my ($self, $at) = @_; my $old = $self->{lines}[$at]; $self->{lines}[$at] = ''; $self->_write; return $old }
sub EXISTS { my ($self, $at) = @_; return $at < @{ $self->{lines} } }
sub CLEAR { my $self = shift; $self->{lines} = []; $self->_write; return }
sub PUSH { my $self = shift; push @{ $self->{lines} }, map { $self->_clean($_) } @_; $self->_write; return scalar @{ $self->{lines} } }
sub UNSHIFT { my $self = shift; unshift @{ $self->{lines} }, map { $self->_clean($_) } @_; $self->_write; return scalar @{ $self->{lines} } }
sub POP { my $self = shift; my $line = pop @{ $self->{lines} }; $self->_write; return $line }
sub SHIFT { my $self = shift; my $line = shift @{ $self->{lines} }; $self->_write; return $line }
sub SPLICE {
    my ($self, $from, $count, @new) = @_;
    my $size = @{ $self->{lines} };
    $from = 0 unless defined $from;
    $from += $size if $from < 0;
    $count = $size - $from unless defined $count;
    my @old = splice @{ $self->{lines} }, $from, $count, map { $self->_clean($_) } @new;
    $self->_write;
    return wantarray ? @old : $old[-1];
}
sub defer { my $self = shift; $self->{deferred} = 1; return 1 }
sub flush { my $self = shift; local $self->{deferred} = 0; return $self->{unwritten} ? $self->_write : 1 }
sub discard { my $self = shift; delete @$self{qw(deferred unwritten)}; return 1 }
sub autodefer { return 0 }
sub flock { return 1 }
sub UNTIE { my $self = shift; return $self->flush }
sub DESTROY { my $self = shift; $self->flush; return }
1;
