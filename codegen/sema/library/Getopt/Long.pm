# Perl's Getopt::Long.
package Getopt::Long;
our @EXPORT = qw(GetOptions $REQUIRE_ORDER $PERMUTE $RETURN_IN_ORDER);
our @EXPORT_OK = qw(HelpMessage VersionMessage Configure GetOptionsFromArray GetOptionsFromString);
our ($REQUIRE_ORDER, $PERMUTE, $RETURN_IN_ORDER) = (0, 1, 2);
our %set = (ignore_case => 1, permute => 1, bundling => 0, pass_through => 0, auto_abbrev => 1, gnu_compat => 0);

sub Configure {
    my @words = map { split /[\s,]+/ } @_;
    # What `use` was given: the settings stand behind the tag.
    for my $at (0 .. $#words) { if ($words[$at] eq ':config') { splice @words, 0, $at + 1; last } }
    for my $word (@words) {
        my $name = lc $word;
        $name =~ tr/-/_/;
        my $on = 1;
        if ($name eq 'default') { %set = (ignore_case => 1, permute => 1, bundling => 0, pass_through => 0, auto_abbrev => 1, gnu_compat => 0); next }
        if ($name eq 'posix_default') { $set{permute} = 0; next }
        if ($name eq 'gnu_getopt') { @set{qw(gnu_compat bundling permute)} = (1, 1, 1); $set{ignore_case} = 0; next }
        if ($name eq 'require_order') { $set{permute} = 0; next }
        $on = 0 if $name =~ s/^no_?//;
        $name =~ s/^ignorecase/ignore_case/;
        $name =~ s/^passthrough/pass_through/;
        $name =~ s/^autoabbrev/auto_abbrev/;
        $name =~ s/^(?:bundling_override|bundling_values)$/bundling/;
        if ($name eq 'bundling') { $set{bundling} = $on; next }
        if ($name =~ /^ignore_case/) { $set{ignore_case} = $on; next }
        $set{$name} = $on;
    }
    return;
}
sub config { return Configure(@_) }

# An object keeps settings of its own.
package Getopt::Long::Parser;
sub new {
    my ($class, %given) = @_;
    my $self = bless { set => { %Getopt::Long::set } }, ref $class || $class;
    $self->configure(@{$given{config}}) if $given{config};
    return $self;
}
sub configure {
    my ($self, @words) = @_;
    local %Getopt::Long::set = %{$self->{set}};
    Getopt::Long::Configure(@words);
    $self->{set} = { %Getopt::Long::set };
    return;
}
sub getoptions { my ($self, @specs) = @_; return $self->getoptionsfromarray(\@ARGV, @specs) }
sub getoptionsfromarray {
    my ($self, $words, @specs) = @_;
    local %Getopt::Long::set = %{$self->{set}};
    return Getopt::Long::_parse($words, @specs);
}
package Getopt::Long;

sub GetOptions { return _parse(\@ARGV, @_) }
sub GetOptionsFromArray { my $words = shift; return _parse($words, @_) }
sub GetOptionsFromString {
    my $text = shift;
    my @words = grep { length } split /\s+/, $text;
    my $done = _parse(\@words, @_);
    return wantarray ? ($done, \@words) : $done;
}

# What the specifications ask for, by every name.
sub _read_specs {
    my ($table, @given) = @_;
    my (%by, $rest);
    while (@given) {
        my $spec = shift @given;
        my $target = @given && ref $given[0] ? shift @given : undef;
        if ($spec eq '<>') { $rest = $target; next }
        my ($names, $type) = $spec =~ /^([\w\-|?]+)(.*)$/s;
        die "Error in option spec: \"$spec\"\n" unless defined $names;
        my @names = split /\|/, $names;
        my %one = (name => $names[0], target => $target, names => \@names);
        if ($type eq '!') { $one{negatable} = 1 }
        elsif ($type eq '+') { $one{counts} = 1 }
        elsif ($type =~ /^([=:])([sif])([@%]?)(?:\{(\d*)(,?)(\d*)\})?$/) {
            @one{qw(needs type kind)} = ($1 eq '=' ? 1 : 0, $2, $3);
            $one{most} = $6 || ($5 ? 1000000 : $4 || 1) if defined $4;
            $one{kind} = '@' if defined $4 && !$one{kind} && (!ref $target || ref $target eq 'ARRAY');
            $one{optional} = 1 if $1 eq ':';
        }
        elsif ($type =~ /^:(-?\d+)$/) { @one{qw(type optional default)} = ('i', 1, $1) }
        elsif ($type =~ /^:\+$/) { @one{qw(counts optional)} = (1, 1) }
        elsif ($type ne '') { die "Error in option spec: \"$spec\"\n" }
        my $kind = ref $target;
        $one{kind} ||= $kind eq 'ARRAY' ? '@' : $kind eq 'HASH' ? '%' : '' if $one{type};
        $one{kind} ||= $kind eq 'ARRAY' ? '@' : '';
        for my $name (@names) {
            $by{$name} = \%one;
            $by{"no$name"} = $by{"no-$name"} = {%one, off => 1} if $one{negatable};
        }
    }
    return (\%by, $rest);
}

sub _find {
    my ($by, $name) = @_;
    return $by->{$name} if exists $by->{$name};
    my @fits;
    my $wanted = $set{ignore_case} ? lc $name : $name;
    for my $key (sort keys %$by) {
        my $known = $set{ignore_case} ? lc $key : $key;
        return $by->{$key} if $known eq $wanted;
        push @fits, $key if $set{auto_abbrev} && index($known, $wanted) == 0;
    }
    my %names = map { ($by->{$_}{name} . ($by->{$_}{off} ? '!' : '')) => $_ } @fits;
    if (keys %names > 1) {
        warn "Option $name is ambiguous (" . join(', ', @fits) . ")\n";
        return 0;
    }
    return @fits ? $by->{$fits[0]} : undef;
}

sub _store {
    my ($table, $one, $value, $key) = @_;
    my $target = $one->{target};
    if (!defined $target) {
        if ($table) {
            my $name = $one->{name};
            if ($one->{kind} eq '@') { push @{$table->{$name}}, $value }
            elsif ($one->{kind} eq '%') { $table->{$name}{$key} = $value }
            elsif ($one->{counts}) { $table->{$name} = ($table->{$name} || 0) + 1 }
            elsif (ref $table->{$name} eq 'CODE') { $table->{$name}->($name, $value) }
            elsif (ref $table->{$name} eq 'SCALAR') { ${$table->{$name}} = $value }
            elsif (ref $table->{$name} eq 'ARRAY') { push @{$table->{$name}}, $value }
            else { $table->{$name} = $value }
        }
        return;
    }
    my $kind = ref $target;
    if ($kind eq 'CODE') { $target->($one->{name}, defined $key ? ($key, $value) : $value) }
    elsif ($kind eq 'ARRAY') { push @$target, $value }
    elsif ($kind eq 'HASH') { $target->{$key} = $value }
    elsif ($one->{counts}) { $$target = ($$target || 0) + 1 }
    elsif ($one->{kind} eq '@') { $$target = [] unless ref $$target; push @{$$target}, $value }
    elsif ($one->{kind} eq '%') { $$target = {} unless ref $$target; ${$$target}{$key} = $value }
    else { $$target = $value }
    return;
}

sub _fits {
    my ($one, $value) = @_;
    return 1 if $one->{type} eq 's';
    return $value =~ /^[-+]?\d+$/ if $one->{type} eq 'i';
    return $value =~ /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
}

sub _parse {
    my ($words, @given) = @_;
    my $table = @given && ref $given[0] && CORE::__reftype($given[0]) eq 'HASH' ? shift @given : undef;
    my ($by, $rest) = _read_specs($table, @given);
    if ($table) {
        my %seen;
        for my $one (grep { !$seen{$_->{name}}++ } values %$by) {
            my $kept = $table->{$one->{name}};
            $one->{kind} = '@' if !$one->{kind} && ref $kept eq 'ARRAY';
            $one->{kind} = '%' if !$one->{kind} && ref $kept eq 'HASH';
        }
    }
    my (@left, $wrong);
    $wrong = 0;
    my $finished = 0;
    WORD: while (@$words) {
        my $word = shift @$words;
        if ($word eq '--') { $finished = 1; last }
        my ($dashes, $name, $value) = $word =~ /^(--?)([\w?][\w\-?]*)(?:=(.*))?$/s;
        if (!defined $name || $word eq '-') {
            if ($rest) { $rest->($word); next }
            if ($set{permute}) { push @left, $word; next }
            unshift @$words, $word;
            last;
        }
        my $shown = $name;
        my $one;
        if ($dashes eq '-' && $set{bundling}) {
            my $letter = substr $word, 1, 1;
            my $more = substr $word, 2;
            $one = $by->{$letter};
            if (!$one) {
                if ($set{pass_through}) { push @left, $word; next }
                warn "Unknown option: $letter\n";
                $wrong++;
                unshift @$words, "-$more" if length $more;
                next;
            }
            $shown = $letter;
            $value = undef;
            if ($one->{type}) {
                $value = $more =~ /^=(.*)$/s ? $1 : $more if length $more && (!$one->{optional} || _fits($one, $more));
                unshift @$words, "-$more" if length $more && !defined $value;
            } elsif (length $more) {
                unshift @$words, "-$more";
            }
        } else {
            $one = _find($by, $name);
            if (!$one) {
                if ($set{pass_through} && !defined $one) { push @left, $word; next }
                warn "Unknown option: $name\n" unless defined $one;
                $wrong++;
                next;
            }
        }
        if (!$one->{type}) {
            if (defined $value && !$one->{counts}) {
                warn "Option $shown does not take an argument\n";
                $wrong++;
                next;
            }
            eval { _store($table, $one, $one->{off} ? 0 : 1); 1 } or do {
                if (ref $@ || $@ !~ /^!FINISH/) { warn $@; $wrong++ } else { $finished = 1; last WORD }
            };
            next;
        }
        if (!defined $value) {
            my $next = $words->[0];
            my $usable = defined $next && $next ne '--' && ($next !~ /^-./ || $one->{needs} && $one->{type} eq 's' && $next !~ /^--?[\w]/ || $one->{type} ne 's' && _fits($one, $next));
            $usable = 1 if defined $next && $one->{needs} && $one->{type} eq 's' && $next ne '--' && !_is_option($by, $next);
            $usable = 0 if $usable && $one->{optional} && !_fits($one, $next);
            if ($usable) { $value = shift @$words }
            elsif ($one->{optional}) { $value = defined $one->{default} ? $one->{default} : $one->{type} eq 's' ? '' : 0 }
            else {
                warn "Option $shown requires an argument\n";
                $wrong++;
                next;
            }
        }
        my $key;
        if ($one->{kind} eq '%' || ref $one->{target} eq 'HASH') {
            ($key, $value) = $value =~ /^(.*?)=(.*)$/s ? ($1, $2) : ($value, $one->{type} eq 's' ? 1 : 1);
        }
        if (!_fits($one, $value)) {
            my $kind = $one->{type} eq 'i' ? 'number' : 'real number';
            warn "Value \"$value\" invalid for option $shown ($kind expected)\n";
            $wrong++;
            next;
        }
        $value += 0 if $one->{type} eq 'i' || $one->{type} eq 'f' && $value =~ /^\+/;
        eval { _store($table, $one, $value, $key); 1 } or do {
            if (ref $@ || $@ !~ /^!FINISH/) { warn $@; $wrong++ } else { $finished = 1; last WORD }
        };
        my $more = ($one->{most} || 1) - 1;
        while ($more-- > 0 && @$words && $words->[0] !~ /^-./ && _fits($one, $words->[0])) {
            _store($table, $one, shift @$words);
        }
    }
    unshift @$words, @left;
    return $wrong == 0 ? 1 : '';
}

sub _is_option {
    my ($by, $word) = @_;
    my ($name) = $word =~ /^--?([\w?][\w\-]*)/ or return 0;
    return 1 if exists $by->{$name} || exists $by->{substr $name, 0, 1} && $set{bundling};
    for (keys %$by) { return 1 if index($_, $name) == 0 }
    return 0;
}
1;
