# core Perl: integer arithmetic
{ use integer; print 7/2," ",-7/2," ",-7%3," ",2**3," ",10/3*3,"\n"; print ~0,"\n"; } print 7/2,"\n";
