# the specification, section 7.4: ranges of texts whose first is longer than their last
print join(",", "zz" .. "b"), "|", join(",", "abc" .. "de"), "|", join(",", "09" .. "8"), "|", join(",", "10" .. "9"), "|", join(",", "a1" .. "9"), "|", join(",", "x" .. "ab"), "\n";
for ("zz" .. "b") { print "<$_>" } for ("y" .. "ab") { print "<$_>" } print "\n";
