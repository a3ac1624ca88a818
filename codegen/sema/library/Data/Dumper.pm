# Perl's Data::Dumper.
package Data::Dumper;
our @EXPORT = qw(Dumper);
our @EXPORT_OK = qw(DumperX);
our $VERSION = '2.184';
our $Indent = 2;
our $Trailingcomma = 0;
our $Purity = 0;
our $Pad = '';
our $Varname = 'VAR';
our $Useqq = 0;
our $Terse = 0;
our $Freezer = '';
our $Toaster = '';
our $Deepcopy = 0;
our $Quotekeys = 1;
our $Bless = 'bless';
our $Maxdepth = 0;
our $Pair = ' => ';
our $Useperl = 0;
our $Sortkeys = 0;
our $Deparse = 0;
our $Sparseseen = 0;
our $Maxrecurse = 1000;

sub new {
    my ($class, $values, $names) = @_;
    my $self = bless {
        todump => [@{$values || []}], names => [@{$names || []}], indent => $Indent, pad => $Pad,
        varname => $Varname, useqq => $Useqq, terse => $Terse, deepcopy => $Deepcopy, bless => $Bless,
        quotekeys => $Quotekeys, maxdepth => $Maxdepth, pair => $Pair, sortkeys => $Sortkeys,
        trailingcomma => $Trailingcomma, purity => $Purity, freezer => $Freezer, toaster => $Toaster,
    }, $class;
    return $self;
}

sub _option {
    my ($self, $name, @value) = @_;
    return $self->{$name} unless @value;
    $self->{$name} = $value[0];
    return $self;
}
sub Indent { my $s = shift; return $s->_option('indent', @_) }
sub Pad { my $s = shift; return $s->_option('pad', @_) }
sub Varname { my $s = shift; return $s->_option('varname', @_) }
sub Useqq { my $s = shift; return $s->_option('useqq', @_) }
sub Terse { my $s = shift; return $s->_option('terse', @_) }
sub Deepcopy { my $s = shift; return $s->_option('deepcopy', @_) }
sub Bless { my $s = shift; return $s->_option('bless', @_) }
sub Quotekeys { my $s = shift; return $s->_option('quotekeys', @_) }
sub Maxdepth { my $s = shift; return $s->_option('maxdepth', @_) }
sub Pair { my $s = shift; return $s->_option('pair', @_) }
sub Sortkeys { my $s = shift; return $s->_option('sortkeys', @_) }
sub Trailingcomma { my $s = shift; return $s->_option('trailingcomma', @_) }
sub Purity { my $s = shift; return $s->_option('purity', @_) }
sub Freezer { my $s = shift; return $s->_option('freezer', @_) }
sub Toaster { my $s = shift; return $s->_option('toaster', @_) }
sub Deparse { return $_[0] }
sub Useperl { return $_[0] }
sub Sparseseen { return $_[0] }
sub Maxrecurse { return $_[0] }
sub Seen { return $_[0] }
sub Reset { return $_[0] }
sub Values { my $s = shift; return @{$s->{todump}} unless @_; $s->{todump} = [@{$_[0] || []}]; return $s }
sub Names { my $s = shift; return @{$s->{names}} unless @_; $s->{names} = [@{$_[0] || []}]; return $s }

sub Dumper { return Data::Dumper->new([@_])->Dump }
sub DumperX { return Data::Dumper->new([@_])->Dump }
sub Dumpxs { my $s = shift; return ref $s ? $s->Dump : Data::Dumper->new(@_)->Dump }
sub Dumpperl { my $s = shift; return ref $s ? $s->Dump : Data::Dumper->new(@_)->Dump }

sub Dump {
    my $self = shift;
    $self = $self->new(@_) unless ref $self;
    $self->{seen} = {};
    my ($n, @out) = (0);
    for my $value (@{$self->{todump}}) {
        my $name = $self->{names}[$n++];
        my $sigil = '$';
        if (defined $name && $name =~ /^\*(.*)$/s) {
            my $type = CORE::__blessed($value) ? '' : ref $value;
            $sigil = $type eq 'ARRAY' ? '@' : $type eq 'HASH' ? '%' : $type eq 'CODE' ? '*' : '$';
            $name = $1;
        } elsif (defined $name && length $name) {
            $name =~ s/^\$//;
        } else {
            $name = $self->{varname} . $n;
        }
        my $body = '';
        my $list = $sigil eq '@' || $sigil eq '%';
        my $path = $list ? "\\$sigil$name" : "\$$name";
        my $column = $self->{terse} ? 0 : length($sigil . $name) + 3;
        $self->{late} = [];
        local $self->{list} = $list;
        $body = $self->_value($value, $self->{indent} >= 2 ? $column : 0, $path, 0, $list ? $name : undef);
        my $text = $self->{terse} ? $body : "$sigil$name = $body;";
        $text .= $self->{indent} ? "\n" . "$_;" : " $_;" for @{$self->{late}};
        $text .= "\n" if $self->{indent} >= 1 || 0;
        if (length $self->{pad}) { $text =~ s/^/$self->{pad}/gm }
        push @out, $text;
    }
    return wantarray ? @out : join '', @out;
}

# One value; `column` is where its text begins, `path` how it is reached from the variable.
sub _value {
    my ($self, $value, $column, $path, $depth, $list) = @_;
    return $self->_plain($value) unless ref $value;
    my $address = CORE::__refaddr($value);
    my $type = CORE::__reftype($value);
    my $class = CORE::__blessed($value);
    if (defined $class && length $self->{freezer}) {
        my $method = $self->{freezer};
        $value->$method() if $value->can($method);
    }
    my $seen = $self->{seen}{$address};
    if (defined $seen) {
        return $seen unless $self->{deepcopy} && $depth && index($path, $seen) != 0 && $type =~ /^(?:ARRAY|HASH|SCALAR|REF)$/;
    }
    my $before = $seen;
    my $known = $path;
    $known = "\\&$1" if $type eq 'CODE' && $path =~ /^\\\*(.*)$/;
    $self->{seen}{$address} = $known;
    if ($self->{maxdepth} && $depth >= $self->{maxdepth}) {
        my $shown = "$value";
        $shown = ($class ? "$class=" : '') . "$type(" . sprintf('0x%x', $address) . ')' if defined $class;
        return "'$shown'";
    }
    my $indent = $self->{indent};
    my $opened = '';
    if (defined $class && $class ne 'Regexp') {
        $opened = $self->{bless} . '( ';
        $column += length $opened if $indent >= 2;
    }
    my $step = $indent >= 1 ? 2 : 0;
    my $newline = $indent >= 1 ? "\n" : '';
    my $comma = $indent >= 1 ? ",\n" : ',';
    my $inner = ' ' x ($indent >= 1 ? $column + $step : 0);
    my $outer = ' ' x ($indent >= 1 ? $column : 0);
    my $text;
    if ($type eq 'ARRAY') {
        my @items;
        my $n = 0;
        for my $item (@$value) {
            my $way = defined $list ? "\$$list\[$n]" : $path =~ /[\]\}]$/ ? $path . "[$n]" : $path =~ /^\$\{/ ? "$path\->[$n]" : $path . "->[$n]";
            my $line = $inner;
            $line .= "#$n\n$inner" if $indent >= 3;
            push @items, $line . $self->_value($item, $column + $step, $way, $depth + 1);
            $n++;
        }
        my ($left, $right) = defined $list ? ('(', ')') : ('[', ']');
        $text = @items ? $left . $newline . join($comma, @items) . ($self->{trailingcomma} && $indent ? ',' : '') . $newline . $outer . $right : "$left$right";
    } elsif ($type eq 'HASH') {
        my @keys = keys %$value;
        if (ref $self->{sortkeys} eq 'CODE') {
            @keys = @{$self->{sortkeys}->($value) || []};
        } elsif ($self->{sortkeys}) {
            @keys = sort @keys;
        }
        my @items;
        for my $key (@keys) {
            my $name = $self->_key($key);
            my $way = defined $list ? "\$$list\{$name}" : $path =~ /[\]\}]$/ ? $path . "{$name}" : $path . "->{$name}";
            my $before = $inner . $name . $self->{pair};
            my $at = $indent >= 2 ? length $before : $indent == 1 ? $column + $step : 0;
            push @items, $before . $self->_value($value->{$key}, $at, $way, $depth + 1);
        }
        my ($left, $right) = defined $list ? ('(', ')') : ('{', '}');
        $text = @items ? $left . $newline . join($comma, @items) . ($self->{trailingcomma} && $indent ? ',' : '') . $newline . $outer . $right : "$left$right";
    } elsif ($type eq 'CODE') {
        $text = 'sub { "DUMMY" }';
    } elsif ($type eq 'REGEXP' || defined $class && $class eq 'Regexp') {
        my $pattern = "$value";
        my $flags = '';
        if ($pattern =~ /^\(\?\^?([a-z]*)(?:-[a-z]+)?:(.*)\)$/s) { ($flags, $pattern) = ($1, $2) }
        $pattern =~ s{(?<!\\)/}{\\/}g;
        $text = "qr/$pattern/$flags";
    } elsif ($type eq 'GLOB') {
        my $name = "" . *{$value};
        $name =~ s/^\*main::/*::/;
        $text = "\\$name";
    } else {
        my $way = $path =~ /^\$\{/ ? "\${$path}" : "\${$path}";
        $text = ($opened ? 'do{\\(my $o = ' : '\\') . $self->_value($$value, $column + 2, $way, $depth + 1);
        $text .= ')}' if $opened;
    }
    $self->{seen}{$address} = defined $before ? $before : $known;
    if ($opened) {
        $text = "$opened$text, " . _quoted($class) . ' )';
        $text .= "->$self->{toaster}()" if length $self->{toaster};
    }
    return $text;
}

sub _quoted { my $text = shift; $text =~ s/([\\'])/\\$1/g; return "'$text'" }

sub _key {
    my ($self, $key) = @_;
    if (!$self->{quotekeys}) {
        return $key if $key =~ /^(?:[A-Za-z_]\w*|[1-9][0-9]{0,8}|0)$/;
    }
    return $self->{useqq} || $key =~ /[^\x00-\xff]/ ? _escaped($key) : _quoted($key);
}

sub _plain {
    my ($self, $value) = @_;
    return 'undef' unless defined $value;
    if (ref \$value eq 'GLOB') {
        my $name = "$value";
        $name =~ s/^\*main::/*::/;
        return $name;
    }
    # A text that looks like a number is one only where quotes are double.
    return $value
        if $value =~ /^(?:0|-?[1-9][0-9]*)\z/
        && ($self->{useqq} ? length $value < 10 + ($value < 0) : length $value < 11 && !CORE::is_string($value) && !CORE::is_float($value));
    return $self->{useqq} || $value =~ /[^\x00-\xff]/ ? _escaped($value) : _quoted($value);
}

my %short = ("\a" => '\a', "\b" => '\b', "\t" => '\t', "\n" => '\n', "\f" => '\f', "\r" => '\r', "\e" => '\e');

sub _escaped {
    my $text = shift;
    $text =~ s/([\\"\$\@])/\\$1/g;
    $text =~ s/([\a\x08\t\n\f\r\e])/$short{$1}/g;
    $text =~ s/([\x00-\x1f\x7f])(?=[0-9])/sprintf '\\%03o', ord $1/ge;
    $text =~ s/([\x00-\x1f\x7f])/sprintf '\\%o', ord $1/ge;
    if ($text =~ /[^\x00-\xff]/) {
        $text =~ s/([^\x00-\x7f])/sprintf '\\x{%x}', ord $1/ge;
    } else {
        $text =~ s/([\x80-\xff])/sprintf '\\%o', ord $1/ge;
    }
    return "\"$text\"";
}
1;
