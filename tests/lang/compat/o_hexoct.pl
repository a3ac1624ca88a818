# the specification, section 7.4: a short program
print hex("ff"), " ", hex("0xFF"), " ", oct("755"), " ", oct("0xff"), " ", oct("0b11"), " ", oct("x1f"), "\n";
