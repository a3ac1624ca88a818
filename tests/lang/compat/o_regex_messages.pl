# the specification, section 7.4: regex messages
for my $p ("(abc", "ab)c", "[a", "*a", "a**", 'a\\', '(a)\2', '[z-a]', '(?z)', '[[:foo:]]', 'x{99999}', '\p{Foo}', '(?1)') {
    eval { "x" =~ /$p/ };
    print $@;
}
