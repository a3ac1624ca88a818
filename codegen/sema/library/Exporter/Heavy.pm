# What Perl's Exporter does while a program runs: `Module->import(LIST)`, `export_to_level`, tags.
package Exporter::Heavy;

sub _message {
    my ($text) = @_;
    my $level = 1;
    $level++ while caller($level) && (caller($level))[0] eq 'Exporter::Heavy';
    my ($file, $line) = (caller $level)[1, 2];
    return "$text at $file line $line.\n";
}

# The names that a list asks for: words, tags, patterns, and any of them taken away again.
sub _wanted {
    my ($package, @asked) = @_;
    my (@default, @others, %tags);
    { no strict 'refs'; @default = @{"${package}::EXPORT"}; @others = @{"${package}::EXPORT_OK"}; %tags = %{"${package}::EXPORT_TAGS"} }
    return @default unless @asked;
    my %allowed = map { my $name = $_; $name =~ s/\A&//; ($name => 1) } @default, @others;
    unshift @asked, ':DEFAULT' if $asked[0] =~ /\A!/;
    my (@order, %wanted, @wrong);
    for my $asked (@asked) {
        my $word = $asked;
        my $without = $word =~ s/\A!//;
        my @names;
        if ($word =~ /\A:(.*)/s) {
            if ($1 eq 'DEFAULT') { @names = @default }
            elsif (exists $tags{$1}) { @names = @{$tags{$1}} }
            else {
                push @wrong, qq{"$1" is not defined in %${package}::EXPORT_TAGS};
            }
        } elsif ($word =~ m{\A/(.*)/\z}s) {
            my $pattern = $1;
            @names = grep { /$pattern/ } sort keys %allowed;
        } elsif ($word =~ /\A[0-9]/) {
            $package->VERSION($word);
        } else {
            @names = $word;
        }
        for my $name (@names) {
            $name =~ s/\A&//;
            unless ($allowed{$name}) {
                push @wrong, qq{"$name" is not exported by the $package module};
                next;
            }
            if ($without) { delete $wanted{$name} }
            else { push @order, $name unless exists $wanted{$name}; $wanted{$name} = 1 }
        }
    }
    die _message(join "\n", @wrong, "Can't continue after import errors") if @wrong;
    return grep { delete $wanted{$_} } @order;
}

sub _export {
    my ($package, $into, @asked) = @_;
    no strict 'refs';
    for my $name (_wanted($package, @asked)) {
        my ($sigil, $bare) = $name =~ /\A([\$\@%*&]?)(.*)\z/s;
        *{"${into}::$bare"} =
            $sigil eq '$' ? \${"${package}::$bare"}
          : $sigil eq '@' ? \@{"${package}::$bare"}
          : $sigil eq '%' ? \%{"${package}::$bare"}
          : $sigil eq '*' ? *{"${package}::$bare"}
          : \&{"${package}::$bare"};
    }
    return;
}

sub _more {
    my ($package, $list, @tags) = @_;
    no strict 'refs';
    my $known = \%{"${package}::EXPORT_TAGS"};
    @tags = keys %$known unless @tags;
    push @{"${package}::$list"}, map { @{$known->{$_}} } @tags;
    return;
}

sub Exporter::import {
    my ($package, @asked) = @_;
    my $into = caller($Exporter::ExportLevel // 0);
    if ($package eq 'Exporter') {
        no strict 'refs';
        *{"${into}::import"} = \&Exporter::import if grep { $_ eq 'import' } @asked;
        return;
    }
    return _export($package, $into, @asked);
}

sub Exporter::export_to_level {
    my ($package, $level, undef, @asked) = @_;
    return _export($package, scalar(caller $level), @asked);
}

sub Exporter::export { my ($package, $into, @asked) = @_; return _export($package, $into, @asked) }
sub Exporter::export_tags { return _more(scalar(caller), 'EXPORT', @_) }
sub Exporter::export_ok_tags { return _more(scalar(caller), 'EXPORT_OK', @_) }
sub Exporter::require_version { my ($package, $wanted) = @_; return $package->VERSION($wanted) }
1;
