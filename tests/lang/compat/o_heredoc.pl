# the specification, section 7.4: a short program
my $n = "Bob"; print <<"A", <<'B', <<~C;
Hi $n
A
raw $n
B
    ind
      more
    C
