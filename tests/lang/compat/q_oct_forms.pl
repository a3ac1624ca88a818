# the specification, section 7.4: a short program
print join(",", map { oct } "0x1F", "0b11", "017", "755", "0o17"), " ", join(",", map { hex } "ff", "0xFF", "FFFF"), "\n";
