# the specification, section 7.4: a short program
print sprintf("%.2f", 1.005), " ", sprintf("%.2f", 2.675), " ", int(2.5 + 0.5), " ", sprintf("%d", 1e9), "\n";
