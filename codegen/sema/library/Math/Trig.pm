# Perl's Math::Trig, for real numbers.
package Math::Trig;
our @EXPORT = qw(pi tan csc cosec sec cot cotan asin acos atan asec acsc acot sinh cosh tanh sech csch coth asinh acosh atanh
    deg2rad deg2grad rad2deg rad2grad grad2deg grad2rad pi2 pip2 pip4);
our @EXPORT_OK = qw(great_circle_distance great_circle_bearing cartesian_to_cylindrical cartesian_to_spherical
    cylindrical_to_cartesian spherical_to_cartesian);
our %EXPORT_TAGS = (pi => [qw(pi pi2 pip2 pip4)], great_circle => [qw(great_circle_distance great_circle_bearing)],
    radial => [qw(cartesian_to_cylindrical cartesian_to_spherical cylindrical_to_cartesian spherical_to_cartesian)]);
use constant { pi => 3.14159265358979323846, pi2 => 6.28318530717958647693, pip2 => 1.57079632679489661923, pip4 => 0.78539816339744830962 };
sub tan { return CORE::tan($_[0]) }
sub sec { return 1 / cos $_[0] }
sub csc { return 1 / sin $_[0] }
sub cosec { return 1 / sin $_[0] }
sub cot { return 1 / CORE::tan($_[0]) }
sub cotan { return 1 / CORE::tan($_[0]) }
sub asin { return CORE::asin($_[0]) }
sub acos { return CORE::acos($_[0]) }
sub atan { return CORE::atan($_[0]) }
sub asec { return CORE::acos(1 / $_[0]) }
sub acsc { return CORE::asin(1 / $_[0]) }
sub acot { return CORE::atan(1 / $_[0]) }
sub sinh { return CORE::sinh($_[0]) }
sub cosh { return CORE::cosh($_[0]) }
sub tanh { return CORE::tanh($_[0]) }
sub sech { return 1 / CORE::cosh($_[0]) }
sub csch { return 1 / CORE::sinh($_[0]) }
sub coth { return 1 / CORE::tanh($_[0]) }
sub asinh { return CORE::asinh($_[0]) }
sub acosh { return CORE::acosh($_[0]) }
sub atanh { return CORE::atanh($_[0]) }
sub _within { my ($x, $most) = @_; return abs($x) < $most ? $x : $x - $most * int($x / $most) }
sub deg2rad { my $x = $_[1] ? $_[0] : _within($_[0], 360); return $x / 360 * pi2 }
sub deg2grad { my $x = $_[1] ? $_[0] : _within($_[0], 360); return $x / 360 * 400 }
sub rad2deg { my $x = $_[1] ? $_[0] : _within($_[0], pi2); return $x / pi2 * 360 }
sub rad2grad { my $x = $_[1] ? $_[0] : _within($_[0], pi2); return $x / pi2 * 400 }
sub grad2deg { my $x = $_[1] ? $_[0] : _within($_[0], 400); return $x / 400 * 360 }
sub grad2rad { my $x = $_[1] ? $_[0] : _within($_[0], 400); return $x / 400 * pi2 }
sub great_circle_distance {
    my ($theta0, $phi0, $theta1, $phi1, $rho) = @_;
    $rho = 1 unless defined $rho;
    my ($lat0, $lat1) = (pip2 - $phi0, pip2 - $phi1);
    return $rho * CORE::acos(cos($lat0) * cos($lat1) * cos($theta0 - $theta1) + sin($lat0) * sin($lat1));
}
sub cartesian_to_spherical {
    my ($x, $y, $z) = @_;
    my $rho = sqrt($x * $x + $y * $y + $z * $z);
    return ($rho, atan2($y, $x), $rho ? CORE::acos($z / $rho) : 0);
}
sub spherical_to_cartesian { my ($r, $t, $p) = @_; return ($r * cos($t) * sin $p, $r * sin($t) * sin $p, $r * cos $p) }
sub cartesian_to_cylindrical { my ($x, $y, $z) = @_; return (sqrt($x * $x + $y * $y), atan2($y, $x), $z) }
sub cylindrical_to_cartesian { my ($r, $t, $z) = @_; return ($r * cos $t, $r * sin $t, $z) }
1;
