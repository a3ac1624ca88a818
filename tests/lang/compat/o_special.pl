# the specification, section 7.4: a short program
print "$0\n" =~ /o_special/ ? "name " : "no ", __LINE__, " ", __PACKAGE__, " $; " eq " \034 " ? "sep" : "no", " @{[ $$ > 0 ? 1 : 0 ]}\n";
