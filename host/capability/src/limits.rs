//! What a plugin may use up: defaults by kind, what its manifest requests, and the user's ceiling.
//!
//! Effective is the smaller of the ceiling and the request, or the default where nothing was
//! requested. Enforcing is the engine's work.

use std::fmt;

use crate::Kind;

macro_rules! limits {
    ($($(#[doc = $doc:literal])* $field:ident $key:literal $unit:ident)*) => {
        /// The budget of one call, but for what is said to be of the store.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct Limits {
            $($(#[doc = $doc])* pub $field: u64,)*
        }

        /// What a manifest or a user states of [`Limits`]; the rest is left to the default.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct LimitsRequest {
            $($(#[doc = $doc])* pub $field: Option<u64>,)*
        }

        impl LimitsRequest {
            /// Every limit: its key in `[limits]`, its unit, and what is stated for it.
            pub fn entries(&self) -> Vec<(&'static str, Unit, Option<u64>)> {
                vec![$(($key, Unit::$unit, self.$field),)*]
            }

            /// The place of a limit by its key in `[limits]`, with its unit.
            pub fn entry_mut(&mut self, key: &str) -> Option<(Unit, &mut Option<u64>)> {
                match key {
                    $($key => Some((Unit::$unit, &mut self.$field)),)*
                    _ => None,
                }
            }

            /// States nothing that is not stated by hand: what remains comes from the defaults.
            pub fn or(&self, defaults: &Limits) -> Limits {
                Limits { $($field: self.$field.unwrap_or(defaults.$field),)* }
            }
        }

        impl Limits {
            /// The smaller of both, limit by limit.
            #[must_use]
            pub fn min(&self, other: &Limits) -> Limits {
                Limits { $($field: self.$field.min(other.$field),)* }
            }

            /// Every limit: its key in `[limits]`, its unit and its value.
            pub fn entries(&self) -> Vec<(&'static str, Unit, u64)> {
                vec![$(($key, Unit::$unit, self.$field),)*]
            }
        }
    };
}

limits! {
    /// Wall time of a call, in milliseconds; time spent waiting for the user does not count.
    time_ms "time" Time
    /// Units of fuel a call burns, about one an instruction. Counted for target packs, so that a link ends at
    /// the same place on every machine; 0 for other kinds, whose fuel is not counted.
    fuel "fuel" Count
    /// Linear memory of the store, in bytes.
    memory_bytes "memory" Size
    /// Elements of each table.
    table_elements "table-elements" Count
    /// Core instances of the store.
    instances "instances" Count
    /// Linear memories of the store.
    memories "memories" Count
    /// Tables of the store.
    tables "tables" Count
    /// Stack of WebAssembly frames, in bytes.
    wasm_stack_bytes "stack" Size
    /// Open handles at any one time.
    handles "handles" Count
    /// Lines of log.
    log_lines "log-lines" Count
    /// Bytes of log.
    log_bytes "log-size" Size
    /// Bytes in blobs and sinks at any one time.
    scratch_bytes "scratch" Size
    /// Bytes that one call moves from the guest into the host: arguments of host functions, and the answer.
    answer_bytes "answer" Size
    /// Items in the lists of an answer, all together.
    answer_items "answer-items" Count
    /// Requests in flight.
    http_in_flight "requests" Count
    /// Bytes of one response body.
    http_body_bytes "response" Size
    /// Bytes of the plugin's own cache, on disk.
    cache_bytes "cache" Size
    /// Questions to the user.
    prompts "prompts" Count
}

/// How a limit is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// `"60 s"`: ms, s, min, h; held in milliseconds.
    Time,
    /// `"64 MiB"`: B, KiB, MiB, GiB; held in bytes.
    Size,
    /// A plain number.
    Count,
}

/// What the user lets any plugin use at most, whatever its manifest requests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ceiling(pub Limits);

const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;
const GIB: u64 = 1 << 30;

impl Limits {
    /// What a plugin of the kind gets when it requests nothing.
    pub fn default_of(kind: Kind) -> Limits {
        let common = Limits {
            time_ms: 60_000,
            fuel: 0,
            memory_bytes: 64 * MIB,
            table_elements: 20_000,
            instances: 16,
            memories: 4,
            tables: 16,
            wasm_stack_bytes: MIB,
            handles: 1_024,
            log_lines: 10_000,
            log_bytes: 4 * MIB,
            scratch_bytes: 256 * MIB,
            answer_bytes: 16 * MIB,
            answer_items: 100_000,
            http_in_flight: 64,
            http_body_bytes: 64 * MIB,
            cache_bytes: 64 * MIB,
            prompts: 0,
        };
        match kind {
            Kind::Registry => common,
            // A whole feed arrives at once, and is parsed at once.
            Kind::Audit => Limits {
                time_ms: 120_000,
                memory_bytes: 256 * MIB,
                scratch_bytes: GIB,
                answer_bytes: 64 * MIB,
                answer_items: 1_000_000,
                http_body_bytes: 256 * MIB,
                ..common
            },
            // Small answers, and somebody at the keyboard.
            Kind::Auth => Limits {
                memory_bytes: 32 * MIB,
                scratch_bytes: 16 * MIB,
                answer_bytes: MIB,
                answer_items: 1_000,
                http_in_flight: 8,
                http_body_bytes: 4 * MIB,
                cache_bytes: 0,
                prompts: 8,
                ..common
            },
            // Whole programs in memory, and nothing outside.
            Kind::Target => Limits {
                time_ms: 300_000,
                fuel: 500_000_000_000,
                memory_bytes: GIB,
                scratch_bytes: 2 * GIB,
                http_in_flight: 0,
                http_body_bytes: 0,
                cache_bytes: 0,
                ..common
            },
            Kind::Command => Limits { time_ms: 120_000, prompts: 32, ..common },
        }
    }
}

impl Default for Ceiling {
    /// The ceiling of a user who set none.
    fn default() -> Ceiling {
        Ceiling(Limits {
            time_ms: 3_600_000,
            fuel: 10_000_000_000_000,
            memory_bytes: 2 * GIB,
            table_elements: 1_000_000,
            instances: 64,
            memories: 16,
            tables: 64,
            wasm_stack_bytes: MIB,
            handles: 65_536,
            log_lines: 100_000,
            log_bytes: 64 * MIB,
            scratch_bytes: 8 * GIB,
            answer_bytes: 128 * MIB,
            answer_items: 10_000_000,
            http_in_flight: 256,
            http_body_bytes: 2 * GIB,
            cache_bytes: GIB,
            prompts: 100,
        })
    }
}

/// What the plugin gets: its request or the default of its kind, and never more than the ceiling.
pub fn effective(kind: Kind, request: &LimitsRequest, ceiling: &Ceiling) -> Limits {
    request.or(&Limits::default_of(kind)).min(&ceiling.0)
}

impl Unit {
    /// Reads a value in the form of this unit; counts are plain digits.
    ///
    /// None for another form, a unit that is not known, or a number beyond 64 bits.
    pub fn parse(self, text: &str) -> Option<u64> {
        let end = text.bytes().position(|b| !b.is_ascii_digit()).unwrap_or(text.len());
        let (digits, unit) = (&text[..end], text[end..].trim_start_matches(' '));
        let factor = match (self, unit) {
            (Unit::Count, "") | (Unit::Time, "ms") | (Unit::Size, "B") => 1,
            (Unit::Time, "s") => 1_000,
            (Unit::Time, "min") => 60_000,
            (Unit::Time, "h") => 3_600_000,
            (Unit::Size, "KiB") => KIB,
            (Unit::Size, "MiB") => MIB,
            (Unit::Size, "GiB") => GIB,
            _ => return None,
        };
        digits.parse::<u64>().ok()?.checked_mul(factor)
    }

    /// Writes a value in the form that [`Unit::parse`] reads, with the largest unit that divides it.
    pub fn show(self, value: u64) -> String {
        let units: &[(u64, &str)] = match self {
            Unit::Count => &[],
            Unit::Time => &[(3_600_000, " h"), (60_000, " min"), (1_000, " s"), (1, " ms")],
            Unit::Size => &[(GIB, " GiB"), (MIB, " MiB"), (KIB, " KiB"), (1, " B")],
        };
        match units.iter().find(|unit| value != 0 && value.is_multiple_of(unit.0)).or(units.last()) {
            Some((factor, unit)) => format!("{}{unit}", value / factor),
            None => value.to_string(),
        }
    }

    /// How a value of this unit is to be written, for messages.
    pub fn form(self) -> Form {
        Form(self)
    }
}

/// Says how a value is to be written.
#[derive(Clone, Copy, Debug)]
pub struct Form(Unit);

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Unit::Time => "a time such as \"60 s\" (ms, s, min, h)",
            Unit::Size => "a size such as \"64 MiB\" (B, KiB, MiB, GiB)",
            Unit::Count => "a number that is not negative",
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sizes_and_times_are_read_in_their_own_units_only() {
        for (unit, text, value) in [
            (Unit::Size, "64 MiB", Some(64 << 20)),
            (Unit::Size, "64MiB", Some(64 << 20)),
            (Unit::Size, "1 GiB", Some(1 << 30)),
            (Unit::Size, "17 B", Some(17)),
            (Unit::Size, "64 MB", None),
            (Unit::Size, "64", None),
            (Unit::Size, "MiB", None),
            (Unit::Size, "-1 MiB", None),
            (Unit::Size, "1.5 MiB", None),
            (Unit::Size, "99999999999 GiB", None),
            (Unit::Time, "60 s", Some(60_000)),
            (Unit::Time, "250 ms", Some(250)),
            (Unit::Time, "2 min", Some(120_000)),
            (Unit::Time, "60 MiB", None),
            (Unit::Time, "", None),
            (Unit::Count, "12", Some(12)),
            (Unit::Count, "12 s", None),
        ] {
            assert_eq!(unit.parse(text), value, "{text}");
        }
    }

    #[test]
    fn a_request_replaces_the_default_and_the_ceiling_wins() {
        let mut request =
            LimitsRequest { time_ms: Some(5_000), memory_bytes: Some(u64::MAX), ..Default::default() };
        *request.entry_mut("scratch").unwrap().1 = Some(1);
        let limits = effective(Kind::Registry, &request, &Ceiling::default());
        assert_eq!((limits.time_ms, limits.scratch_bytes), (5_000, 1));
        assert_eq!(limits.memory_bytes, Ceiling::default().0.memory_bytes);
        assert_eq!(limits.handles, Limits::default_of(Kind::Registry).handles);
    }

    #[test]
    fn the_defaults_are_within_the_ceiling() {
        for kind in Kind::ALL {
            let defaults = Limits::default_of(kind);
            assert_eq!(effective(kind, &LimitsRequest::default(), &Ceiling::default()), defaults, "{kind}");
        }
        assert_eq!(Limits::default_of(Kind::Target).http_in_flight, 0);
    }

    proptest! {
        #[test]
        fn what_is_shown_reads_back(value: u64) {
            for unit in [Unit::Size, Unit::Time, Unit::Count] {
                prop_assert_eq!(unit.parse(&unit.show(value)), Some(value));
            }
        }
    }
}
