//! The base score of a CVSS 3.0 or 3.1 vector (<https://www.first.org/cvss/v3.1/specification-document>,
//! section 7.1).

use crate::Severity;

/// Computes the base score in tenths, 0 to 100. None for another version of CVSS, and for a vector
/// in which a base metric is missing, doubled or unknown; temporal and environmental metrics are
/// passed over.
pub fn base_score_tenths(vector: &str) -> Option<u8> {
    let metrics = vector.strip_prefix("CVSS:3.1/").or_else(|| vector.strip_prefix("CVSS:3.0/"))?;
    let value = |wanted: &str| {
        let mut found = metrics.split('/').filter_map(|metric| {
            let (name, value) = metric.split_once(':')?;
            (name == wanted).then_some(value)
        });
        let value = found.next()?;
        found.next().is_none().then_some(value)
    };
    let changed = match value("S")? {
        "U" => false,
        "C" => true,
        _ => return None,
    };
    let vector = weight(value("AV")?, &[("N", 0.85), ("A", 0.62), ("L", 0.55), ("P", 0.2)])?;
    let complexity = weight(value("AC")?, &[("L", 0.77), ("H", 0.44)])?;
    let privileges = match changed {
        false => weight(value("PR")?, &[("N", 0.85), ("L", 0.62), ("H", 0.27)])?,
        true => weight(value("PR")?, &[("N", 0.85), ("L", 0.68), ("H", 0.5)])?,
    };
    let interaction = weight(value("UI")?, &[("N", 0.85), ("R", 0.62)])?;
    let loss = |metric| weight(value(metric)?, &[("H", 0.56), ("L", 0.22), ("N", 0.0)]);
    let kept = (1.0 - loss("C")?) * (1.0 - loss("I")?) * (1.0 - loss("A")?);

    let base = 1.0 - kept;
    let impact = if changed { 7.52 * (base - 0.029) - 3.25 * (base - 0.02).powi(15) } else { 6.42 * base };
    if impact <= 0.0 {
        return Some(0);
    }
    let exploitability = 8.22 * vector * complexity * privileges * interaction;
    let sum = impact + exploitability;
    Some(round_up_tenths(if changed { 1.08 * sum } else { sum }.min(10.0)))
}

/// The rating of a base score, section 5. A score of 0 says that nothing is lost.
pub(crate) fn rating(tenths: u8) -> Severity {
    match tenths {
        0 => Severity::Informational,
        1..=39 => Severity::Low,
        40..=69 => Severity::Medium,
        70..=89 => Severity::High,
        _ => Severity::Critical,
    }
}

fn weight(value: &str, weights: &[(&str, f64)]) -> Option<f64> {
    weights.iter().find(|(name, _)| *name == value).map(|(_, weight)| *weight)
}

/// `Roundup` of appendix A: to the next tenth, without the noise of binary fractions. The score is
/// between 0 and 10.
fn round_up_tenths(score: f64) -> u8 {
    let hundred_thousandths = (score * 100_000.0).round() as u32;
    u8::try_from(hundred_thousandths.div_ceil(10_000)).expect("a score is at most 10")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn scores_are_those_of_the_standard() {
        for (vector, expected) in [
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(98)),
            ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", Some(100)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:C/C:L/I:L/A:N", Some(61)),
            ("CVSS:3.1/AV:L/AC:L/PR:L/UI:N/S:U/C:H/I:H/A:H", Some(78)),
            ("CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:H", Some(59)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", Some(75)),
            ("CVSS:3.1/AV:N/AC:L/PR:L/UI:N/S:C/C:L/I:L/A:N", Some(64)),
            ("CVSS:3.1/AV:N/AC:L/PR:H/UI:N/S:C/C:H/I:H/A:H", Some(91)),
            ("CVSS:3.1/AV:A/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", Some(88)),
            ("CVSS:3.1/AV:P/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:L", Some(16)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", Some(0)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:U/RL:O/MAV:P", Some(98)),
            ("CVSS:3.1/A:H/C:H/I:H/S:U/UI:N/PR:N/AC:L/AV:N", Some(98)),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H", None),
            ("CVSS:3.1/AV:N/AV:P/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", None),
            ("CVSS:3.1/AV:X/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", None),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", None),
            ("AV:N/AC:L/Au:N/C:P/I:P/A:P", None),
            ("", None),
        ] {
            assert_eq!(base_score_tenths(vector), expected, "{vector}");
        }
    }

    #[test]
    fn ratings_meet_at_their_bounds() {
        let ratings = [0, 1, 39, 40, 69, 70, 89, 90, 100].map(rating);
        use Severity::*;
        assert_eq!(ratings, [Informational, Low, Low, Medium, Medium, High, High, Critical, Critical]);
    }

    proptest! {
        #[test]
        fn any_text_is_survived(text in "CVSS:3.1/[ACINPRSUVL:/HX]{0,60}") {
            prop_assert!(base_score_tenths(&text).is_none_or(|score| score <= 100));
        }

        #[test]
        fn losing_more_never_scores_less(
            context in ("[NALP]", "[LH]", "[NLH]", "[NR]", "[UC]"), a in 0usize..3, b in 0usize..3,
        ) {
            let (av, ac, pr, ui, s) = context;
            let score = |loss: usize| {
                let loss = ["N", "L", "H"][loss];
                let vector = format!("CVSS:3.1/AV:{av}/AC:{ac}/PR:{pr}/UI:{ui}/S:{s}/C:{loss}/I:N/A:N");
                base_score_tenths(&vector).unwrap()
            };
            prop_assert!(score(a.min(b)) <= score(a.max(b)));
        }
    }
}
