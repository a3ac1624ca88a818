# Five bodies under gravity; other constants, one more step.
my $pi         = 3.141592653589793;
my $solar_mass = 4 * $pi * $pi;
my $days       = 365.24;

my @xs = (0, 4.84143144246472090e+00, 8.34336671824457987e+00, 1.28943695621391310e+01, 1.53796971148509165e+01);
my @ys = (0, -1.16032004402742839e+00, 4.12479856412430479e+00, -1.51111514016986312e+01, -2.59193146099879641e+01);
my @zs = (0, -1.03622044471123109e-01, -4.03523417114321381e-01, -2.23307578892655734e-01, 1.79258772950371181e-01);
my @vxs = (0, 1.66007664274403694e-03 * $days, -2.76742510726411021e-03 * $days, 2.96460137564761618e-03 * $days, 2.68067772490389322e-03 * $days);
my @vys = (0, 7.69901118419740425e-03 * $days, 4.99852801234917238e-03 * $days, 2.37847173959480950e-03 * $days, 1.62824170038242295e-03 * $days);
my @vzs = (0, -6.90460016972063023e-05 * $days, 2.30417297573763929e-05 * $days, -2.96589568540237556e-05 * $days, -9.51592254519715870e-05 * $days);
my @mass = ($solar_mass, 9.54791938424326609e-04 * $solar_mass, 2.85885980666130812e-04 * $solar_mass, 4.36624404335156298e-05 * $solar_mass, 5.15138902046611451e-05 * $solar_mass);

sub energy {
    my $e = 0;
    for my $i (0 .. 4) {
        $e += 0.5 * $mass[$i] * ($vxs[$i]**2 + $vys[$i]**2 + $vzs[$i]**2);
        for my $j ($i + 1 .. 4) {
            my $dx = $xs[$i] - $xs[$j];
            my $dy = $ys[$i] - $ys[$j];
            my $dz = $zs[$i] - $zs[$j];
            $e -= $mass[$i] * $mass[$j] / sqrt($dx * $dx + $dy * $dy + $dz * $dz);
        }
    }
    return $e;
}

sub advance {
    my ($dt) = @_;
    for my $i (0 .. 4) {
        for my $j ($i + 1 .. 4) {
            my $dx        = $xs[$i] - $xs[$j];
            my $dy        = $ys[$i] - $ys[$j];
            my $dz        = $zs[$i] - $zs[$j];
            my $distance2 = $dx * $dx + $dy * $dy + $dz * $dz + 0.000001;
            my $magnitude = $dt / ($distance2 * sqrt($distance2));
            my $mi        = $mass[$i] * $magnitude;
            my $mj        = $mass[$j] * $magnitude;
            $vxs[$i] -= $dx * $mj;
            $vys[$i] -= $dy * $mj;
            $vzs[$i] -= $dz * $mj;
            $vxs[$j] += $dx * $mi;
            $vys[$j] += $dy * $mi;
            $vzs[$j] += $dz * $mi;
        }
    }
    for my $i (0 .. 4) {
        $xs[$i] += $dt * $vxs[$i];
        $ys[$i] += $dt * $vys[$i];
        $zs[$i] += $dt * $vzs[$i];
    }
}

my ($px, $py, $pz) = (0, 0, 0);
for my $i (0 .. 4) {
    $px += $vxs[$i] * $mass[$i];
    $py += $vys[$i] * $mass[$i];
    $pz += $vzs[$i] * $mass[$i];
}
$vxs[0] = -$px / $solar_mass;
$vys[0] = -$py / $solar_mass;
$vzs[0] = -$pz / $solar_mass;
printf "%.9f\n", energy();
advance(0.008) for 1 .. 35000;
printf "%.9f\n", energy();
