//! `s bench`: how long programs take as whole processes, start included.
//!
//! Each is run a few times to warm caches, then many times; what is reported is the median and the
//! median distance from it, which a few slow runs do not move. A saved run is a file that later runs
//! are compared with.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use s_diag::{Code, Diagnostic};
use s_store::{Access, files};
use serde::{Deserialize, Serialize};

use super::child::{self, End};
use super::discover::{discover, existing, is_bench_name};
use crate::Context;
use crate::failure::{Failure, FailureKind};

/// What is to be measured, and how.
#[derive(Clone, Debug)]
pub struct BenchRequest {
    /// Files and folders; without any, the folder `benches`.
    pub paths: Vec<PathBuf>,
    /// Only files whose path contains this.
    pub filter: Option<String>,
    /// Runs that are not counted.
    pub warm_ups: usize,
    /// The most runs that are counted.
    pub samples: usize,
    /// After so long no further run is begun, once there are five.
    pub time: Duration,
    /// The name to save the result under.
    pub save: Option<String>,
    /// The name of a saved result to compare with.
    pub compare: Option<String>,
    /// The programs are plain Perl 5.
    pub compat: bool,
}

/// How long one program takes.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BenchResult {
    /// Its path.
    pub path: String,
    /// Seconds of each counted run, in the order they were run.
    pub samples: Vec<f64>,
    /// The middle of them, in seconds.
    pub median: f64,
    /// The median distance of a run from the median, in seconds.
    pub spread: f64,
    /// The shortest, in seconds.
    pub least: f64,
    /// How it compares with the saved result.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub compared: Option<Compared>,
}

/// A result beside an earlier one.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Compared {
    /// The earlier median, in seconds.
    pub median: f64,
    /// This median as a part of the earlier one: below 1 is faster.
    pub ratio: f64,
    /// Whether the difference is more than three times the spread of both.
    pub is_clear: bool,
}

#[derive(Serialize, Deserialize)]
struct Saved {
    results: Vec<BenchResult>,
}

/// Runs that are counted at the least.
const SAMPLES_MIN: usize = 5;
/// How long one run may take.
const LIMIT: Duration = Duration::from_secs(600);
const SAVED_BYTES_MAX: u64 = 64 << 20;

/// Measures programs. `each` is told of every one when it is done.
pub fn bench(
    context: &Arc<Context>,
    request: &BenchRequest,
    each: &mut dyn FnMut(&BenchResult),
) -> Result<Vec<BenchResult>, Failure> {
    let folder = context.project().unwrap_or(context.directory()).join("target").join("benches");
    let earlier = request.compare.as_deref().map(|name| read_saved(&folder, name)).transpose()?;
    if let Some(name) = &request.save {
        file_of(&folder, name)?;
    }
    let paths = match request.paths.as_slice() {
        [] => existing(context.directory(), &["benches"]),
        paths => paths.to_vec(),
    };
    let mut found = discover(context.directory(), &paths, &is_bench_name)?;
    if let Some(filter) = &request.filter {
        found.retain(|path| path.to_string_lossy().contains(filter.as_str()));
    }
    if found.is_empty() {
        let diagnostic = Diagnostic::error(Code::NO_TESTS, "there are no benchmarks here")
            .note("benchmarks are files `bench_*` ending in `.stk`, `.st` or `.pl`, in `benches`");
        return Err(Failure::new(FailureKind::Failed, diagnostic));
    }
    let mut results = Vec::new();
    for path in found {
        let mut result = measure(context, request, &path)?;
        let before = earlier.as_ref().and_then(|earlier| earlier.get(&result.path));
        result.compared = before.map(|before| compare(&result, before));
        each(&result);
        results.push(result);
    }
    if let Some(name) = &request.save {
        let file = file_of(&folder, name)?;
        files::create_dir_all(&folder, Access::Shared)?;
        // Results of other programs that were saved under this name stay.
        let mut saved = if files::exists(&file)? { read_saved(&folder, name)? } else { BTreeMap::new() };
        saved.extend(
            results
                .iter()
                .map(|result| (result.path.clone(), BenchResult { compared: None, ..result.clone() })),
        );
        let saved = Saved { results: saved.into_values().collect() };
        let text = serde_json::to_vec_pretty(&saved).expect("numbers and texts are JSON");
        files::write_atomic(&file, &text, Access::Shared)?;
    }
    Ok(results)
}

fn measure(context: &Arc<Context>, request: &BenchRequest, path: &Path) -> Result<BenchResult, Failure> {
    let mut arguments: Vec<OsString> = Vec::new();
    if request.compat {
        arguments.push("--compat".into());
    }
    arguments.push(context.directory().join(path).into_os_string());
    let one = || -> Result<f64, Failure> {
        let ended = child::run(context.directory(), &arguments, LIMIT, context.cancel(), false)?;
        let failed = |message: String| {
            let diagnostic = Diagnostic::error(Code::PROGRAM, message).hint(format!("s {}", path.display()));
            Failure::new(FailureKind::Failed, diagnostic)
        };
        match ended.end {
            End::Status(0) => Ok(ended.time.as_secs_f64()),
            End::Status(status) => Err(failed(format!("`{}` ended with status {status}", path.display()))),
            End::TimedOut => Err(failed(format!("`{}` took longer than ten minutes", path.display()))),
            End::Interrupted => {
                let diagnostic = Diagnostic::error(Code::INTERRUPTED, "interrupted");
                Err(Failure::new(FailureKind::Interrupted, diagnostic))
            }
        }
    };
    for _ in 0..request.warm_ups {
        one()?;
    }
    let start = Instant::now();
    let mut samples = Vec::new();
    while samples.len() < request.samples.max(1) {
        if samples.len() >= SAMPLES_MIN && start.elapsed() >= request.time {
            break;
        }
        samples.push(one()?);
    }
    let middle = median(&samples);
    let distances: Vec<f64> = samples.iter().map(|sample| (sample - middle).abs()).collect();
    let least = samples.iter().copied().fold(f64::INFINITY, f64::min);
    let path = path.display().to_string();
    Ok(BenchResult { path, median: middle, spread: median(&distances), least, samples, compared: None })
}

fn compare(now: &BenchResult, before: &BenchResult) -> Compared {
    let ratio = if before.median > 0.0 { now.median / before.median } else { 1.0 };
    let noise = 3.0 * now.spread.max(before.spread);
    Compared { median: before.median, ratio, is_clear: (now.median - before.median).abs() > noise }
}

/// The middle of some numbers; the mean of the two middle ones of an even count.
fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        count if count % 2 == 1 => sorted[count / 2],
        count => f64::midpoint(sorted[count / 2 - 1], sorted[count / 2]),
    }
}

fn file_of(folder: &Path, name: &str) -> Result<PathBuf, Failure> {
    let is_plain = |char: char| char.is_alphanumeric() || matches!(char, '-' | '_' | '.');
    if name.is_empty() || name.starts_with('.') || !name.chars().all(is_plain) {
        let message = format!("`{}` cannot be the name of a saved result", name.escape_debug());
        let diagnostic = Diagnostic::error(Code::BASELINE, message).note("letters, digits, `-`, `_` and `.`");
        return Err(Failure::new(FailureKind::Usage, diagnostic));
    }
    Ok(folder.join(format!("{name}.json")))
}

fn read_saved(folder: &Path, name: &str) -> Result<BTreeMap<String, BenchResult>, Failure> {
    let file = file_of(folder, name)?;
    let unreadable = |why: String| {
        let diagnostic =
            Diagnostic::error(Code::BASELINE, format!("there is no saved result `{name}` to read"))
                .note(why)
                .hint(format!("s bench --save {name}"));
        Failure::new(FailureKind::Failed, diagnostic)
    };
    let bytes = files::read_capped(&file, SAVED_BYTES_MAX).map_err(|error| unreadable(error.to_string()))?;
    let saved: Saved =
        serde_json::from_slice(&bytes).map_err(|error| unreadable(format!("{}: {error}", file.display())))?;
    Ok(saved.results.into_iter().map(|result| (result.path.clone(), result)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn result(median: f64, spread: f64) -> BenchResult {
        BenchResult {
            path: "a".to_owned(),
            samples: Vec::new(),
            median,
            spread,
            least: median,
            compared: None,
        }
    }

    #[test]
    fn the_middle_is_found() {
        assert!((median(&[3.0, 1.0, 2.0]) - 2.0).abs() < 1e-12);
        assert!((median(&[4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < 1e-12);
        assert!(median(&[]).abs() < 1e-12);
    }

    #[test]
    fn noise_is_no_difference() {
        assert!(!compare(&result(1.02, 0.01), &result(1.0, 0.01)).is_clear);
        let clear = compare(&result(0.5, 0.01), &result(1.0, 0.02));
        assert!(clear.is_clear && (clear.ratio - 0.5).abs() < 1e-12);
    }

    #[test]
    fn saved_results_have_plain_names_and_come_back() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["", "../x", ".x", "a/b"] {
            assert!(file_of(folder.path(), name).is_err(), "{name}");
        }
        assert!(read_saved(folder.path(), "none").is_err());
        let saved = Saved { results: vec![result(1.0, 0.1)] };
        std::fs::write(folder.path().join("x.json"), serde_json::to_vec(&saved).unwrap()).unwrap();
        assert!((read_saved(folder.path(), "x").unwrap()["a"].median - 1.0).abs() < 1e-12);
    }
}
