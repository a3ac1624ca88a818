# the specification, section 7.4: a short program
print index("hello", "l"), index("hello", "l", 3), index("hello", "z"), rindex("hello", "l"), rindex("hello", "l", 2), index("abc", ""), "\n";
