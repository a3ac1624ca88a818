# the specification, section 7.4: a short program
printf "%d%% %c%c\n", 50, 72, 105;
