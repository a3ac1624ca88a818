# the specification, section 7.4: a short program
print int("12.9abc"), " ", "3 apples" * 2, " ", "0x10" + 0, " ", "1_000" + 0, " ", "+5" + 0, " ", "-" + 0, "\n";
