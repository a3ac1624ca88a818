# the specification, section 7.4: a short program
formline("@<<< @>>>\n", "ab", "cd"); print $^A; $^A = "";
