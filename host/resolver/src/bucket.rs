//! Buckets: versions that are meant to work in each other's place.

use s_project::Version;

use crate::model::{MultiVersion, Policy, Settings};

/// What all versions of a bucket have in common: major, or 0.minor, or 0.0.patch. Sorts as its
/// versions do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Bucket {
    All,
    Patch(u64),
    Minor(u64),
    Major(u64),
}

impl Bucket {
    pub(crate) fn of(version: &Version, settings: &Settings) -> Bucket {
        if settings.multi_version == MultiVersion::Never || settings.policy == Policy::Exact {
            return Bucket::All;
        }
        match (version.major, version.minor, version.patch) {
            (0, 0, patch) => Bucket::Patch(patch),
            (0, minor, _) => Bucket::Minor(minor),
            (major, _, _) => Bucket::Major(major),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_ends_where_something_may_break() {
        let settings = Settings::default();
        let never = Settings { multi_version: MultiVersion::Never, ..Settings::default() };
        let bucket = |text: &str| Bucket::of(&text.parse().unwrap(), &settings);
        for (version, expected) in [
            ("0.0.3", Bucket::Patch(3)),
            ("0.0.3-rc.1", Bucket::Patch(3)),
            ("0.4.1", Bucket::Minor(4)),
            ("1.0.0-rc.1", Bucket::Major(1)),
            ("7.2.1", Bucket::Major(7)),
        ] {
            assert_eq!(bucket(version), expected, "{version}");
            assert_eq!(Bucket::of(&version.parse().unwrap(), &never), Bucket::All, "{version}");
        }
        assert!(bucket("0.0.9") < bucket("0.1.0") && bucket("0.9.0") < bucket("1.0.0"));
    }
}
