//! A scenario from text. What is wrong with it is said with its place and what is allowed.

mod cluster;
mod fault;
#[cfg(feature = "schema")]
mod shape;
mod value;

use self::cluster::RawCluster;
use self::fault::{Cast, RawFault, RawMessage};
use self::value::{At, Checked, Text, number, patience, ratio, span, wrong};
use super::{Expect, Limits, Scenario, Workload};
use crate::protocol::Reads;
use crate::sim::disk::DiskSpeed;
use crate::sim::mark;
use crate::sim::network::Weather;
use crate::sim::ratio::Ratio;
use crate::sim::seed;
use crate::sim::time::Span;
use crate::sim::violation;
use core::fmt;
use core::ops::Range;
use serde::Deserialize;
use toml::Spanned;

/// What is wrong with a scenario's text, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    line: usize,
    column: usize,
    source_line: String,
    message: String,
}

impl fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "line {}, column {}: {}", self.line, self.column, self.message)?;
        let number = self.line.to_string();
        let width = number.len().max(2);
        let gutter = " ".repeat(width);
        writeln!(f, "{gutter}|")?;
        writeln!(f, "{number:>width$}| {}", self.source_line)?;
        write!(f, "{gutter}| {:>width$}", "^", width = self.column)
    }
}

impl core::error::Error for ScenarioError {}

// Structs of options instead of enums: they keep the place of an error.

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawScenario {
    /// It decides whatever the file does not say.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Seed>"))]
    seed: Option<Spanned<RawSeed>>,
    /// Clocks may be further off than the group is told: what it promises need not hold.
    beyond: Option<bool>,
    /// The group, and what it is set to.
    cluster: Option<RawCluster>,
    /// What the clients do.
    workload: Option<RawWorkload>,
    /// How the network is.
    network: Option<RawNetwork>,
    /// How the disks are.
    disk: Option<RawDisk>,
    /// For how long.
    limits: Option<RawLimits>,
    /// What goes wrong.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<RawFault>"))]
    fault: Vec<Spanned<RawFault>>,
    /// What becomes of single messages.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<RawMessage>"))]
    message: Vec<Spanned<RawMessage>>,
    /// How the run ends.
    expect: Option<RawExpect>,
}

#[derive(Deserialize)]
#[serde(untagged, expecting = "expected a seed: a whole number, or a text with one")]
enum RawSeed {
    Number(u64),
    Text(String),
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawWorkload {
    /// How many clients ask.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    clients: Option<Spanned<u64>>,
    /// How many operations they ask for, all together.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    operations: Option<Spanned<u64>>,
    /// How many keys they use.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    keys: Option<Spanned<u64>>,
    /// How many of the operations only look.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Share>"))]
    reads: Option<Text>,
    /// How many clients do nothing but read.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    readers: Option<Spanned<u64>>,
    /// How many of the reads ask the primary beside the log.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Share>"))]
    latest: Option<Text>,
    /// How many of the reads ask any replica, and may be old.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Share>"))]
    stale: Option<Text>,
    /// How long clients think before they ask.
    think: Option<RawThink>,
    /// After how long a client asks again.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    retry: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawThink {
    /// At least.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    min: Option<Text>,
    /// On average.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    mean: Option<Text>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawNetwork {
    /// How long messages are under way.
    delay: Option<RawDelay>,
    /// How many are lost.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Share>"))]
    drop: Option<Text>,
    /// How many arrive twice.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Share>"))]
    duplicate: Option<Text>,
    /// How many may be overtaken.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Share>"))]
    reorder: Option<Text>,
    /// Some are very late.
    straggle: Option<RawStraggle>,
    /// How many arrive at somebody else.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Share>"))]
    misroute: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawDelay {
    /// At least.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    min: Option<Text>,
    /// On average.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    mean: Option<Text>,
    /// At most.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    max: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawStraggle {
    /// How many.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Share>"))]
    share: Option<Text>,
    /// By how much at most.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    max: Option<Text>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawDisk {
    /// How long it takes until a write is durable.
    sync: Option<RawDelay>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawLimits {
    /// After how long everything is healed, at the latest.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    duration: Option<Text>,
    /// How long the group may take to come to rest then.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    settle: Option<Text>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawExpect {
    /// Well, or with a violation.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Ends>"))]
    verdict: Option<Text>,
    /// Rare places that must be reached.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schemars(with = "Vec<shape::MarkName>"))]
    marks: Vec<Text>,
}

impl Scenario {
    /// Reads a scenario file's text. What it leaves out is as in [`Scenario::default`].
    ///
    /// # Errors
    /// With the line and column of what is wrong, and what would be right.
    pub fn parse(text: &str) -> Result<Self, ScenarioError> {
        let raw: RawScenario = toml::from_str(text).map_err(|error| {
            let span = error.span().unwrap_or(0..0);
            locate(text, At { span, message: error.message().to_owned() })
        })?;
        raw.check().map_err(|at| locate(text, at))
    }
}

/// What scenario files look like, as a JSON schema: editors complete and check by it.
///
/// What it takes is not yet a scenario: whether names name somebody, and what goes with what, the
/// reader says.
#[cfg(feature = "schema")]
#[must_use]
pub fn schema() -> schemars::Schema {
    let mut schema = schemars::schema_for!(RawScenario);
    schema.insert("title".to_owned(), "A scenario of vsr-sim".into());
    shape::without_nothing(&mut schema);
    schema
}

fn locate(text: &str, at: At) -> ScenarioError {
    let start = at.span.start.min(text.len());
    let before = text.get(..start).unwrap_or(text);
    let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
    let source = text.get(line_start..).unwrap_or("");
    ScenarioError {
        line: before.matches('\n').count() + 1,
        column: before[line_start..].chars().count() + 1,
        source_line: source.lines().next().unwrap_or("").to_owned(),
        message: at.message,
    }
}

impl RawScenario {
    fn check(self) -> Checked<Scenario> {
        let default = Scenario::default();
        let beyond = self.beyond.unwrap_or(false);
        let cluster = self.cluster.unwrap_or_default().check(default.cluster, beyond)?;
        let latest_place = self.workload.as_ref().and_then(|raw| raw.latest.clone());
        let stale_place = self.workload.as_ref().and_then(|raw| raw.stale.clone());
        let workload = self.workload.unwrap_or_default().check(default.workload)?;
        if let Some(latest) = latest_place
            && workload.latest != Ratio::ZERO
            && cluster.reads == Reads::ThroughTheLog
        {
            let message = "the primary is asked beside the log only where `reads` in [cluster] is \
                           \"quorum\" or \"lease\"";
            return Err(wrong(&latest, message));
        }
        if let Some(stale) = stale_place
            && workload.stale != Ratio::ZERO
            && cluster.only_applies
        {
            let message =
                "a service that implements nothing but `apply` has no reads beside the log";
            return Err(wrong(&stale, message));
        }
        let reconfigures = self.fault.iter().any(|fault| fault.get_ref().reconfigure.is_some());
        let (replicas, clients) = (cluster.replicas, workload.clients);
        let cast = Cast { replicas, clients, reconfigures };
        let seed = match self.seed {
            None => default.seed,
            Some(seed) => {
                let span = seed.span();
                match seed.into_inner() {
                    RawSeed::Number(number) => number,
                    RawSeed::Text(text) => seed::parse(&text)
                        .map_err(|error| At { span, message: error.to_string() })?,
                }
            }
        };
        let places: Vec<Range<usize>> = self.fault.iter().map(Spanned::span).collect();
        let scenario = Scenario {
            seed,
            cluster,
            workload,
            network: self.network.unwrap_or_default().check(default.network)?,
            disk: self.disk.unwrap_or_default().check(default.disk)?,
            limits: self.limits.unwrap_or_default().check(default.limits)?,
            beyond,
            faults: self
                .fault
                .into_iter()
                .map(|f| fault::check(f, cast))
                .collect::<Checked<_>>()?,
            messages: self
                .message
                .into_iter()
                .map(|m| fault::check_message(m, cast))
                .collect::<Checked<_>>()?,
            expect: self.expect.unwrap_or_default().check()?,
        };
        match scenario.check_lasting() {
            Ok(()) => Ok(scenario),
            Err((fault, message)) => Err(At { span: places[fault].clone(), message }),
        }
    }
}

impl RawWorkload {
    fn check(self, default: Workload) -> Checked<Workload> {
        let think = self.think.unwrap_or(RawThink { min: None, mean: None });
        let clients = number(self.clients, u64::from(default.clients), 1, 1_000)?;
        let operations =
            number(self.operations, u64::from(default.operations), 1, u64::from(u32::MAX))?;
        let keys = number(self.keys, u64::from(default.keys), 1, u64::from(u16::MAX))?;
        Ok(Workload {
            clients: u16::try_from(clients).unwrap_or(u16::MAX),
            operations: u32::try_from(operations).unwrap_or(u32::MAX),
            keys: u16::try_from(keys).unwrap_or(u16::MAX),
            reads: ratio(self.reads, default.reads)?,
            readers: u16::try_from(number(self.readers, 0, 0, clients)?).unwrap_or(0),
            latest: ratio(self.latest, default.latest)?,
            stale: ratio(self.stale, default.stale)?,
            think_min: span(think.min, default.think_min)?,
            think_mean: span(think.mean, default.think_mean)?,
            retry: Span::from(patience(self.retry, default.retry)?),
        })
    }
}

impl RawNetwork {
    fn check(self, default: Weather) -> Checked<Weather> {
        let delay = self.delay.unwrap_or(RawDelay { min: None, mean: None, max: None });
        let straggle = self.straggle.unwrap_or(RawStraggle { share: None, max: None });
        let places = [&delay.max, &delay.mean, &delay.min];
        let place = places.into_iter().flatten().next().map(Spanned::span);
        let weather = Weather {
            delay_min: span(delay.min, default.delay_min)?,
            delay_mean: span(delay.mean, default.delay_mean)?,
            delay_max: span(delay.max, default.delay_max)?,
            drop: ratio(self.drop, default.drop)?,
            duplicate: ratio(self.duplicate, default.duplicate)?,
            reorder: ratio(self.reorder, default.reorder)?,
            straggle: ratio(straggle.share, default.straggle)?,
            straggle_max: span(straggle.max, default.straggle_max)?,
            misroute: ratio(self.misroute, default.misroute)?,
        };
        let (min, mean, max) = (weather.delay_min, weather.delay_mean, weather.delay_max);
        growing(place.unwrap_or(0..0), min, mean, max)?;
        Ok(weather)
    }
}

impl RawDisk {
    fn check(self, default: DiskSpeed) -> Checked<DiskSpeed> {
        let Some(sync) = self.sync else {
            return Ok(default);
        };
        let place = [&sync.max, &sync.mean, &sync.min].into_iter().flatten().next();
        let place = place.map_or(0..0, Spanned::span);
        let (min, mean) = (span(sync.min, default.min)?, span(sync.mean, default.mean)?);
        let speed = DiskSpeed { min, mean, max: span(sync.max, default.max)? };
        growing(place, speed.min, speed.mean, speed.max)?;
        Ok(speed)
    }
}

/// Times of which the next is not shorter.
fn growing(place: Range<usize>, min: Span, mean: Span, max: Span) -> Checked<()> {
    if min <= mean && mean <= max {
        return Ok(());
    }
    let message = format!("delays must not shrink from min over mean to max: {min}, {mean}, {max}");
    Err(At { span: place, message })
}

impl RawLimits {
    fn check(self, default: Limits) -> Checked<Limits> {
        Ok(Limits {
            duration: Span::from(patience(self.duration, default.duration)?),
            settle: Span::from(patience(self.settle, default.settle)?),
        })
    }
}

impl RawExpect {
    fn check(self) -> Checked<Expect> {
        for mark in &self.marks {
            if !mark::names().any(|name| name == mark.get_ref()) {
                return Err(wrong(mark, "no mark has that name"));
            }
        }
        let violation = match self.verdict {
            None => None,
            Some(verdict) if verdict.get_ref() == "pass" => None,
            Some(verdict) => {
                if violation::Code::parse(verdict.get_ref()).is_none() {
                    let allowed = "a verdict is \"pass\" or a violation's code such as \"VSR-LIN\"";
                    return Err(wrong(&verdict, allowed));
                }
                Some(verdict.into_inner())
            }
        };
        let marks = self.marks.into_iter().map(Spanned::into_inner).collect();
        Ok(Expect { violation, marks })
    }
}
