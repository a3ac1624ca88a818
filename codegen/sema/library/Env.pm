# Variables of the environment as variables of the program.
package Env;
sub import {
    my ($class, @names) = @_;
    my $package = caller;
    @names = map { "\$$_" } grep { /^[A-Za-z_]\w*\z/ } keys %ENV unless @names;
    no strict 'refs';
    for my $given (@names) {
        my ($sigil, $name) = $given =~ /^([\$\@]?)(\w+)\z/ or next;
        if ($sigil eq '@') { tie @{"${package}::$name"}, 'Env::Array', $name }
        else { tie ${"${package}::$name"}, 'Env', $name }
    }
    return;
}
sub TIESCALAR { my ($class, $name) = @_; return bless \$name, $class }
sub FETCH { my $self = shift; return $ENV{$$self} }
sub STORE {
    my ($self, $value) = @_;
    if (defined $value) { $ENV{$$self} = $value } else { delete $ENV{$$self} }
    return $value;
}

# A list that is kept as one text, its parts between colons.
package Env::Array;
use Tie::Array;
our @ISA = ('Tie::Array');
sub TIEARRAY { my ($class, $name) = @_; return bless \$name, $class }
sub _parts { my $self = shift; return defined $ENV{$$self} ? split /:/, $ENV{$$self}, -1 : () }
sub _keep { my ($self, @parts) = @_; $ENV{$$self} = join ':', map { defined $_ ? $_ : '' } @parts; return scalar @parts }
sub FETCHSIZE { my $self = shift; my @parts = $self->_parts; return scalar @parts }
sub STORESIZE { my ($self, $size) = @_; my @parts = $self->_parts; $#parts = $size - 1; return $self->_keep(@parts) }
sub EXTEND { return }
sub CLEAR { my $self = shift; return $self->_keep }
sub FETCH { my ($self, $at) = @_; return ($self->_parts)[$at] }
sub STORE { my ($self, $at, $value) = @_; my @parts = $self->_parts; $parts[$at] = $value; $self->_keep(@parts); return $value }
sub EXISTS { my ($self, $at) = @_; return $at < $self->FETCHSIZE }
sub DELETE { my ($self, $at) = @_; my @parts = $self->_parts; my $old = $parts[$at]; $parts[$at] = ''; $self->_keep(@parts); return $old }
sub PUSH { my $self = shift; return $self->_keep($self->_parts, @_) }
sub UNSHIFT { my $self = shift; return $self->_keep(@_, $self->_parts) }
sub POP { my $self = shift; my @parts = $self->_parts; my $old = pop @parts; $self->_keep(@parts); return $old }
sub SHIFT { my $self = shift; my @parts = $self->_parts; my $old = shift @parts; $self->_keep(@parts); return $old }
1;
