# the specification, section 7.4: a short program
print later(2), "\n"; sub later { $_[0] * 21 }
