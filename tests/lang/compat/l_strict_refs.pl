# the specification, section 7.4: use strict 'refs' where it is in force, and undef that is dereferenced
our ($name, @name) = ("scalar", 1, 2);
sub named { "called @_" }
print "lax: ${'name'} @{'name'} ", &{'named'}(1), " ", "named"->(2), "\n";
sub report { my ($what, $code) = @_; my $result = eval { $code->() }; print "$what: ", defined $result ? $result : "died $@", defined $result ? "\n" : "" }
{
    use strict;
    report array => sub { my $n = "name"; my @copy = @$n; "@copy" };
    report hash => sub { my $n = "name"; my %copy = %$n; "ok" };
    report scalar => sub { my $n = "name"; my $copy = $$n; $copy };
    report code => sub { my $n = "named"; $n->(3) };
    {
        no strict 'refs';
        report lax_array => sub { my $n = "name"; my @copy = @$n; "@copy" };
        report lax_code => sub { my $n = "named"; &$n(4) };
        report lax_element => sub { my $n = "name"; $$n[1] . $n->[0] };
        report lax_undef => sub { my $u; my @copy = @$u; "empty" . @copy };
        my $n = "defined_later";
        *{"main::$n"} = sub { "later" };
    }
    report strict_again => sub { my $n = "name"; my @copy = @$n; "@copy" };
    report undef_list => sub { my $u; my @copy = @$u; "ok" };
    report undef_count => sub { my $u; scalar @$u };
    report undef_hash => sub { my $u; my %copy = %$u; "ok" };
    report undef_join => sub { my %h; join ",", @{$h{list}} };
    report undef_text => sub { my $h = {}; "@{$h->{list}}" };
    report undef_slice => sub { my $u; my @s = @$u[0, 1]; "ok" };
    report undef_sort => sub { my $u; my @s = sort @$u; "ok" };
    report undef_if => sub { my $u; if (@$u) { return "full" } "empty" };
    report loop => sub { my $u; for (@$u) { } ref $u };
    report keys => sub { my $u; my @k = keys %$u; ref $u };
    report push => sub { my $u; push @$u, 1; ref $u };
    report element => sub { my $u; my $e = $u->[0]; "fine" };
    report last => sub { my $u; $#{$u} };
    report argument => sub { my $u; named(@$u) };
    report map => sub { my $u; my @m = map { $_ } @$u; "mapped" . @m };
    report or_empty => sub { my $u; my @copy = @{$u || []}; "none" . @copy };
}
print "lax again: ${'name'} ", defined_later(), "\n";
