# Perl's Class::Struct.
package Class::Struct;
our @EXPORT = qw(struct);

sub struct {
    my @given = @_;
    my ($class, @fields);
    my $base = caller;
    if (@given == 2 && ref $given[1]) {
        $class = $given[0];
        @fields = ref $given[1] eq 'HASH' ? %{$given[1]} : @{$given[1]};
    } elsif (@given % 2) {
        ($class, @fields) = @given;
    } else {
        ($class, @fields) = ($base, @given);
    }
    my (@names, %type);
    while (@fields) { my ($name, $type) = splice @fields, 0, 2; push @names, $name; $type{$name} = $type }
    CORE::__define("${class}::new", sub {
        my ($self, %init) = @_;
        my %object;
        for my $name (@names) {
            my $type = $type{$name};
            my $key = "${class}::$name";
            $object{$key} = $type =~ /^\*?\@/ ? $init{$name} || [] : $type =~ /^\*?%/ ? $init{$name} || {} : $init{$name};
        }
        for (keys %init) { die "Initializer for $_ must be a field of $class" unless exists $type{$_} }
        return bless \%object, ref $self || $self;
    });
    for my $name (@names) {
        my ($type, $key) = ($type{$name}, "${class}::$name");
        CORE::__define("${class}::$name",
            $type =~ /\@$/ ? sub {
                my ($self, @at) = @_;
                return $self->{$key} unless @at;
                if (@at == 1 && ref $at[0] eq 'ARRAY') { $self->{$key} = $at[0]; return $self->{$key} }
                $self->{$key}[$at[0]] = $at[1] if @at > 1;
                return $self->{$key}[$at[0]];
            } : $type =~ /%$/ ? sub {
                my ($self, @at) = @_;
                return $self->{$key} unless @at;
                if (@at == 1 && ref $at[0] eq 'HASH') { $self->{$key} = $at[0]; return $self->{$key} }
                $self->{$key}{$at[0]} = $at[1] if @at > 1;
                return $self->{$key}{$at[0]};
            } : sub {
                my ($self, @value) = @_;
                $self->{$key} = $value[0] if @value;
                return $self->{$key};
            });
    }
    return;
}
1;
