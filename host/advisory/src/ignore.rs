//! Findings a person has looked at and set aside, for a while.

use crate::database::Finding;
use jiff::civil::Date;

/// One decision not to be told of a vulnerability until a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ignore {
    /// Any identifier of the vulnerability, an alias too.
    pub id: String,
    /// Why.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Date,
}

impl Ignore {
    /// Whether the decision still holds.
    pub fn is_active(&self, today: Date) -> bool {
        today <= self.until
    }
}

/// Findings, with the decisions about them.
#[derive(Debug, PartialEq, Eq)]
pub struct Judgement<'i, 'd> {
    /// What is to be reported, in the order it came.
    pub open: Vec<Finding<'d>>,
    /// What was set aside, and by which decision.
    pub ignored: Vec<(Finding<'d>, &'i Ignore)>,
    /// Decisions whose day has passed.
    pub expired: Vec<&'i Ignore>,
    /// Decisions that still hold and concern nothing that was found.
    pub unused: Vec<&'i Ignore>,
}

/// Sets aside the findings that an active decision names.
pub fn judge<'i, 'd>(findings: Vec<Finding<'d>>, ignores: &'i [Ignore], today: Date) -> Judgement<'i, 'd> {
    let (active, expired): (Vec<&Ignore>, Vec<&Ignore>) =
        ignores.iter().partition(|ignore| ignore.is_active(today));
    let mut judgement = Judgement { open: Vec::new(), ignored: Vec::new(), expired, unused: Vec::new() };
    let mut used = vec![false; active.len()];
    for finding in findings {
        let mut decision = None;
        for (place, ignore) in active.iter().enumerate() {
            if finding.ids.contains(&ignore.id) {
                used[place] = true;
                decision = decision.or(Some(*ignore));
            }
        }
        match decision {
            Some(ignore) => judgement.ignored.push((finding, ignore)),
            None => judgement.open.push(finding),
        }
    }
    judgement.unused =
        active.into_iter().zip(used).filter(|(_, used)| !used).map(|(ignore, _)| ignore).collect();
    judgement
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::database::Package;
    use crate::model::Severity;
    use jiff::civil::date;

    fn ignore(id: &str, until: Date) -> Ignore {
        Ignore { id: id.into(), reason: "not reachable".into(), until }
    }

    fn finding(ids: &[&str]) -> Finding<'static> {
        Finding {
            package: Package { ecosystem: "stryke".into(), name: "p".into(), version: "1.0.0".into() },
            ids: ids.iter().map(ToString::to_string).collect(),
            advisories: Vec::new(),
            severity: Severity::Low,
            fixed: None,
        }
    }

    #[test]
    fn the_last_day_still_counts() {
        let ignore = ignore("A", date(2026, 2, 28));
        for (today, active) in
            [(date(2026, 2, 27), true), (date(2026, 2, 28), true), (date(2026, 3, 1), false)]
        {
            assert_eq!(ignore.is_active(today), active, "{today}");
        }
    }

    #[test]
    fn findings_are_set_aside_by_any_of_their_identifiers() {
        let (later, past) = (date(2026, 12, 31), date(2025, 1, 1));
        let ignores = [ignore("CVE-1", later), ignore("B", past), ignore("Z", later), ignore("A", later)];
        let findings = vec![finding(&["A", "CVE-1"]), finding(&["B"]), finding(&["C"])];
        let judgement = judge(findings, &ignores, date(2026, 1, 1));
        assert_eq!(judgement.open, [finding(&["B"]), finding(&["C"])]);
        assert_eq!(judgement.ignored, [(finding(&["A", "CVE-1"]), &ignores[0])]);
        assert_eq!(judgement.expired, [&ignores[1]]);
        assert_eq!(judgement.unused, [&ignores[2]]);
    }
}
