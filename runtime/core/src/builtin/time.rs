//! Builtins on time: clocks, dates, zones.

use alloc::vec::Vec;

use s_abi::layout::{Val, want};

use super::{arg, listed};
use crate::exception::Thrown;
use crate::string::string;
use crate::text::date::{self, DateTime};
use crate::value::{UNDEF, ValExt, int, num};
use crate::vm::Vm;

// The builtins of this file.
functions![
    ("time", |_, _, _| Ok(int(s_sys::clock_realtime().seconds))),
    ("unix_epoch", |_, _, _| Ok(int(s_sys::clock_realtime().seconds))),
    ("unix_epoch_ms", |_, _, _| Ok(int(s_sys::clock_realtime().as_nanoseconds() / 1_000_000))),
    ("now_ns", |_, _, _| Ok(int(s_sys::clock_realtime().as_nanoseconds()))),
    ("now_us", |_, _, _| Ok(int(s_sys::clock_realtime().as_nanoseconds() / 1000))),
    ("now_ms", |_, _, _| Ok(int(s_sys::clock_realtime().as_nanoseconds() / 1_000_000))),
    ("el", |vm, _, _| Ok(num(s_sys::clock_realtime().as_seconds() - vm.output.started.as_seconds()))),
    ("sleep", |vm, a, _| {
        let length = vm.float(arg(a, 0))?.max(0.0);
        crate::output::flush_everything(vm);
        let before = s_sys::clock_monotonic();
        if vm.fibers.several() {
            let end = before.as_nanoseconds().saturating_add((length * 1e9) as i64);
            while s_sys::clock_monotonic().as_nanoseconds() < end {
                if vm.wait_for(crate::fiber::Wait::Until(end))? != crate::fiber::Woken::Ready {
                    break;
                }
            }
        } else if let Err(error) = s_sys::sleep(s_sys::Time::from_seconds(length)) {
            vm.set_errno(error);
        }
        let slept = s_sys::clock_monotonic().since(before).as_seconds();
        Ok(int(libm::round(slept) as i64))
    }),
    ("alarm", |vm, a, _| {
        let length = vm.float(arg(a, 0))?.max(0.0);
        match s_sys::alarm(s_sys::Time::from_seconds(length)) {
            Ok(left) => Ok(int(libm::ceil(left.as_seconds()) as i64)),
            Err(error) => {
                vm.set_errno(error);
                Ok(UNDEF)
            }
        }
    }),
    ("gmtime", |vm, a, w| {
        let epoch = epoch_argument(vm, arg(a, 0))?;
        broken_down(vm, &DateTime::utc(epoch), w)
    }),
    ("localtime", local),
    ("local_time", local),
    ("datetime_parse_rfc3339", |vm, a, _| {
        let text = vm.text(arg(a, 0))?;
        match date::parse_rfc3339(&text) {
            Some(time) => Ok(int(time.epoch())),
            None => Err(vm.die(b"datetime_parse_rfc3339: not a date and time of RFC 3339")),
        }
    }),
    ("datetime_strftime", |vm, a, _| {
        let epoch = epoch_argument(vm, arg(a, 0))?;
        let format = vm.text(arg(a, 1))?;
        let mut out = Vec::new();
        date::strftime(&format, &DateTime::utc(epoch), &mut out);
        Ok(string(&out))
    }),
    ("datetime_format_tz", |vm, a, _| {
        let epoch = epoch_argument(vm, arg(a, 0))?;
        let (name, format) = (vm.text(arg(a, 1))?, vm.text(arg(a, 2))?);
        let Some(zone) = zone_named(&name) else {
            return Err(vm.die(b"datetime_format_tz: no such time zone"));
        };
        let mut out = Vec::new();
        date::strftime(&format, &DateTime::local(epoch, &zone), &mut out);
        Ok(string(&out))
    }),
    ("today", |_, _, _| Ok(int(day()))),
    ("yesterday", |_, _, _| Ok(int(day() - 1))),
    ("tomorrow", |_, _, _| Ok(int(day() + 1))),
    ("is_weekend", |vm, _, _| Ok(vm.boolean(matches!(date::weekday_of_days(day()), 0 | 6)))),
    ("is_weekday", |vm, _, _| Ok(vm.boolean(!matches!(date::weekday_of_days(day()), 0 | 6)))),
    ("is_leap_year", |vm, a, _| {
        let holds = date::is_leap_year(vm.integer(arg(a, 0))?);
        Ok(vm.boolean(holds))
    }),
    ("days_in_month", |vm, a, _| {
        let (year, month) = (vm.integer(arg(a, 0))?, vm.integer(arg(a, 1))?);
        Ok(int(i64::from(date::days_in_month(year, month))))
    }),
    ("month_name", |vm, a, _| named(vm, a, date::month_name)),
    ("month_short", |vm, a, _| named(vm, a, date::month_short)),
    ("weekday_name", |vm, a, _| named(vm, a, date::weekday_name)),
    ("weekday_short", |vm, a, _| named(vm, a, date::weekday_short)),
    ("quarter_of", |vm, a, _| {
        Ok(date::quarter_of(vm.integer(arg(a, 0))?).map_or(UNDEF, |quarter| int(i64::from(quarter))))
    }),
    ("times", |vm, _, w| {
        let times = s_sys::times();
        let values = [times.user, times.system, times.children_user, times.children_system];
        let values = values.into_iter().map(|ticks| num(ticks as f64 / 100.0)).collect();
        if w != want::LIST {
            return Ok(num(times.user as f64 / 100.0));
        }
        listed(vm, values, w)
    }),
];

fn local(vm: &mut Vm, a: &[Val], w: u64) -> Result<Val, Thrown> {
    let epoch = epoch_argument(vm, arg(a, 0))?;
    let zone = zone_named(b"").unwrap_or_else(date::TimeZone::utc);
    broken_down(vm, &DateTime::local(epoch, &zone), w)
}

fn epoch_argument(vm: &mut Vm, value: Val) -> Result<i64, Thrown> {
    if value.is_undef() {
        return Ok(s_sys::clock_realtime().seconds);
    }
    Ok(libm::floor(vm.float(value)?) as i64)
}

fn broken_down(vm: &mut Vm, time: &DateTime, wanted: u64) -> Result<Val, Thrown> {
    if wanted == want::LIST {
        let values = time.perl_list().into_iter().map(int).collect();
        return listed(vm, values, wanted);
    }
    let mut out = Vec::new();
    time.format_perl(&mut out);
    Ok(string(&out))
}

fn day() -> i64 {
    s_sys::clock_realtime().seconds.div_euclid(86400)
}

fn named(vm: &mut Vm, a: &[Val], name: fn(i64) -> Option<&'static str>) -> Result<Val, Thrown> {
    Ok(name(vm.integer(arg(a, 0))?).map_or(UNDEF, |name| string(name.as_bytes())))
}

/// The zone of a name: of `TZ` or the system for the empty one.
fn zone_named(name: &[u8]) -> Option<date::TimeZone> {
    let name = if name.is_empty() {
        match s_sys::environment_get(b"TZ") {
            Some(name) if !name.is_empty() => name,
            _ => b"/etc/localtime".to_vec(),
        }
    } else {
        name.to_vec()
    };
    let name = name.strip_prefix(b":").unwrap_or(&name);
    if matches!(name, b"UTC" | b"GMT" | b"Z") {
        return Some(date::TimeZone::utc());
    }
    if name.windows(2).any(|pair| pair == b"..") {
        return None;
    }
    let paths = if name.starts_with(b"/") {
        alloc::vec![name.to_vec()]
    } else {
        alloc::vec![
            [b"/usr/share/zoneinfo/", name].concat(),
            [b"/usr/lib/zoneinfo/", name].concat(),
            [b"/usr/share/lib/zoneinfo/", name].concat(),
        ]
    };
    for path in paths {
        if let Ok(content) = super::file::read_whole(&path)
            && let Some(zone) = date::TimeZone::parse(&content)
        {
            return Some(zone);
        }
    }
    date::TimeZone::posix(name)
}
