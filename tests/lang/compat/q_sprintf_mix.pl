# the specification, section 7.4: a short program
print sprintf("%-5s|%5s|%05.1f|%+d|%x|%o|%b|%e|%g|%%|%c", "ab", "cd", 3.14159, 7, 255, 8, 5, 1234.5, 0.00001, 65), "\n";
