# the specification, section 7.4: a short program
print join(",", grep { /an/ } qw(banana mango kiwi)), scalar(grep /i/, qw(kiwi fig plum)), "\n";
