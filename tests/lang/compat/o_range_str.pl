# the specification, section 7.4: a short program
print join(" ", "a" .. "e"), "|", join(" ", "aa" .. "ad"), "|", join(" ", "x" .. "ab"), "\n";
