# the specification, section 7.4: a short program
print join(" ", map { ucfirst lc } qw(hELLO wORLD)), " ", lcfirst(uc "abc"), " ", ucfirst(""), "|", uc(undef // "u"), "\n";
