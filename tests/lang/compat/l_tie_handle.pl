# the specification, section 7.4: tied handles
use strict;
use warnings;
{
    package Recorder;
    sub TIEHANDLE { my ($class, @lines) = @_; bless { out => [], in => [@lines] }, $class }
    sub PRINT { my $self = shift; push @{$self->{out}}, join($, // '', @_) . ($\ // ''); 1 }
    sub PRINTF { my ($self, $format, @rest) = @_; push @{$self->{out}}, sprintf $format, @rest; 1 }
    sub READLINE { my $self = shift; return shift @{$self->{in}} unless wantarray; my @all = @{$self->{in}}; $self->{in} = []; @all }
    sub GETC { 'c' }
    sub READ { my ($self, undef, $length, $offset) = @_; $offset //= 0; $_[1] //= ''; substr($_[1], $offset) = 'r' x $length; $length }
    sub WRITE { my ($self, $text, $length, $offset) = @_; push @{$self->{out}}, 'w:' . substr $text, $offset // 0, $length; $length }
    sub EOF { @{$_[0]{in}} ? 0 : 1 }
    sub CLOSE { "closed" }
    sub FILENO { 77 }
    sub SEEK { "sought $_[1] $_[2]" }
    sub TELL { 42 }
    sub BINMODE { "bin" }
    sub UNTIE { print STDOUT "untied\n" }
    sub DESTROY { print STDOUT "destroyed\n" }
}
my $object = tie *FH, 'Recorder', "one\n", "two\n", "three\n";
print FH "a", "b";
printf FH "%03d", 7;
my $line = <FH>;
print "line $line";
print "more\n" unless eof FH;
my @rest = <FH>;
print "rest @rest";
print "end\n" if eof FH;
my $buffer = "ab";
print read(FH, $buffer, 3, 2), " $buffer\n";
print sysread(FH, $buffer, 2), " $buffer\n";
print syswrite(FH, "hello", 3, 1), " ", getc(FH), " ", fileno(FH), " ", tell(FH), " ", seek(FH, 3, 0), " ", binmode(FH), " ", close(FH), "\n";
{
    local ($,, $\) = ("-", "!");
    print FH 1, 2;
}
print join("|", @{$object->{out}}), "\n";
print ref tied *FH, "\n";
undef $object;
untie *FH;
print tied(*FH) ? "tied\n" : "not tied\n";
{
    package Capture;
    sub TIEHANDLE { bless [], shift }
    sub PRINT { my $self = shift; push @$self, join '', @_; 1 }
    sub PRINTF { my $self = shift; push @$self, sprintf shift, @_; 1 }
}
tie *STDOUT, 'Capture';
print "hidden ", 1;
printf "%s\n", "format";
my @got = @{tied *STDOUT};
untie *STDOUT;
print "captured: @got";
use feature 'say';
my $handle = do { local *H; \*H };
tie *$handle, 'Capture';
print $handle "by reference";
print {$handle} "block";
say $handle "said";
my $before = select $handle;
print "selected";
select $before;
print join("|", @{tied *$handle}), "\n";
tie *STDERR, 'Capture';
warn "warned\n";
print STDERR "error";
my @errors = @{tied *STDERR};
untie *STDERR;
print join("|", @errors), "\n";
