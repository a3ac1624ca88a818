# the specification, section 7.4: a module that comes with perl, trig
use Math::Trig; printf "%.5f %.5f %.5f %.5f %.5f\n",pi,deg2rad(180),rad2deg(pi),tan(pi/4),acos(0); printf "%.4f\n",great_circle_distance(0,pi/2,pi/2,pi/2) if 0; printf "%.4f %.4f\n",asin(1),sinh(1); 
