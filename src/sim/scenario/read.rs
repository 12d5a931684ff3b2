//! A scenario from text. What is wrong with it is said with its place and what is allowed.

use super::{
    Action, Cluster, Expect, Fault, Heal, Limits, MessageFate, Milestone, Scenario, ServiceKind,
    Target, Trigger, Workload,
};
use crate::protocol::configuration::REPLICAS_MAX;
use crate::protocol::replica::StatusKind;
use crate::protocol::settings::{CHECKPOINTS_MAX, Checkpoints, Lease};
use crate::protocol::{Bounds, Durability, MessageKind, Predictions, Reads, Timeouts};
use crate::sim::disk::{DiskSpeed, Hindrance};
use crate::sim::harm::Harm;
use crate::sim::mark;
use crate::sim::network::{Scripted, Weather};
use crate::sim::ratio::Ratio;
use crate::sim::sabotage::Sabotage;
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

/// An error within a text, before its line is looked up.
struct At {
    span: Range<usize>,
    message: String,
}

type Checked<T> = Result<T, At>;
type Text = Spanned<String>;

// Structs of options instead of enums: they keep the place of an error.

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawScenario {
    seed: Option<Spanned<RawSeed>>,
    beyond: Option<bool>,
    cluster: Option<RawCluster>,
    workload: Option<RawWorkload>,
    network: Option<RawNetwork>,
    disk: Option<RawDisk>,
    limits: Option<RawLimits>,
    #[serde(default)]
    fault: Vec<Spanned<RawFault>>,
    #[serde(default)]
    message: Vec<Spanned<RawMessage>>,
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
struct RawCluster {
    replicas: Option<Spanned<u64>>,
    standby: Option<Spanned<u64>>,
    durability: Option<Text>,
    service: Option<Text>,
    pipeline: Option<Spanned<u64>>,
    batch: Option<Spanned<u64>>,
    requests: Option<Spanned<u64>>,
    clients: Option<Spanned<u64>>,
    operation_bytes: Option<Spanned<u64>>,
    transfer: Option<Spanned<u64>>,
    checkpoints: Option<RawCheckpoints>,
    heartbeat: Option<Text>,
    resend: Option<Text>,
    primary_silence: Option<Text>,
    view_change: Option<Text>,
    jitter: Option<Text>,
    drift: Option<Text>,
    reads: Option<Text>,
    lease: Option<Text>,
    lease_drift: Option<Text>,
    predictions: Option<Text>,
    sabotage: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCheckpoints {
    every: Option<Spanned<u64>>,
    kept: Option<Spanned<u64>>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawWorkload {
    clients: Option<Spanned<u64>>,
    operations: Option<Spanned<u64>>,
    keys: Option<Spanned<u64>>,
    reads: Option<Text>,
    readers: Option<Spanned<u64>>,
    latest: Option<Text>,
    stale: Option<Text>,
    think: Option<RawThink>,
    retry: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawThink {
    min: Option<Text>,
    mean: Option<Text>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct RawNetwork {
    delay: Option<RawDelay>,
    drop: Option<Text>,
    duplicate: Option<Text>,
    reorder: Option<Text>,
    straggle: Option<RawStraggle>,
    misroute: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDelay {
    min: Option<Text>,
    mean: Option<Text>,
    max: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawStraggle {
    share: Option<Text>,
    max: Option<Text>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDisk {
    sync: Option<RawDelay>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLimits {
    duration: Option<Text>,
    settle: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFault {
    at: Option<Text>,
    when: Option<RawWhen>,
    crash: Option<Text>,
    restart: Option<Text>,
    pause: Option<Text>,
    partition: Option<Spanned<Vec<Vec<Text>>>>,
    cut: Option<RawCut>,
    flap: Option<RawFlap>,
    lose: Option<RawLose>,
    jump: Option<RawJump>,
    damage: Option<RawDamage>,
    hinder: Option<RawHinder>,
    reconfigure: Option<Spanned<Vec<Text>>>,
    heal_after: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawWhen {
    replica: Text,
    reaches: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawCut {
    from: Vec<Text>,
    to: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawFlap {
    link: Spanned<Vec<Text>>,
    every: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawLose {
    kind: Option<Text>,
    from: Option<Text>,
    to: Option<Text>,
    share: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawJump {
    process: Text,
    forward: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawDamage {
    disk: Text,
    how: Text,
    op: Option<Spanned<u64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawHinder {
    disk: Text,
    how: Text,
    times: Option<Spanned<u64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RawMessage {
    link: Text,
    nth: Spanned<u64>,
    fate: Text,
    after: Option<Text>,
}

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct RawExpect {
    verdict: Option<Text>,
    #[serde(default)]
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

/// Who exists in a run: what names may refer to.
#[derive(Clone, Copy)]
struct Cast {
    replicas: u8,
    clients: u16,
}

impl RawScenario {
    fn check(self) -> Checked<Scenario> {
        let default = Scenario::default();
        let beyond = self.beyond.unwrap_or(false);
        let cluster = self.cluster.unwrap_or_default().check(default.cluster, beyond)?;
        let latest_place = self.workload.as_ref().and_then(|raw| raw.latest.clone());
        let workload = self.workload.unwrap_or_default().check(default.workload)?;
        if let Some(latest) = latest_place
            && workload.latest != Ratio::ZERO
            && cluster.reads == Reads::ThroughTheLog
        {
            let message = "the primary is asked beside the log only where `reads` in [cluster] is \
                           \"quorum\" or \"lease\"";
            return Err(wrong(&latest, message));
        }
        let cast = Cast { replicas: cluster.replicas, clients: workload.clients };
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
            faults: self.fault.into_iter().map(|f| check_fault(f, cast)).collect::<Checked<_>>()?,
            messages: self
                .message
                .into_iter()
                .map(|m| check_message(m, cast))
                .collect::<Checked<_>>()?,
            expect: self.expect.unwrap_or_default().check()?,
        };
        match scenario.check_lasting() {
            Ok(()) => Ok(scenario),
            Err((fault, message)) => Err(At { span: places[fault].clone(), message }),
        }
    }
}

impl RawCluster {
    fn check(self, default: Cluster, beyond: bool) -> Checked<Cluster> {
        let durability = match &self.durability {
            None => default.durability,
            Some(word) => match word.get_ref().as_str() {
                "memory" => Durability::Memory,
                "disk" => Durability::Disk,
                _ => return Err(wrong(word, "a durability is \"memory\" or \"disk\"")),
            },
        };
        let service = match &self.service {
            None => default.service,
            Some(name) => {
                *ServiceKind::ALL.iter().find(|kind| kind.name() == name.get_ref()).ok_or_else(
                    || wrong(name, "a service is register, kv, counter, queue, clock or lottery"),
                )?
            }
        };
        let sabotage = match &self.sabotage {
            None => default.sabotage,
            Some(word) => Some(
                Sabotage::parse(word.get_ref())
                    .ok_or_else(|| wrong(word, &format!("a sabotage is {}", Sabotage::words())))?,
            ),
        };
        let (bounds, timeouts) = (default.bounds, default.timeouts);
        let drift_place = self.drift.as_ref().map(Spanned::span);
        let drift = ratio(self.drift, default.drift)?;
        let lease = RawLease { reads: self.reads, length: self.lease, drift: self.lease_drift };
        let reads = lease.check(service)?;
        if !beyond && is_beyond(reads, drift) {
            let message = "clocks are further off than `lease-drift` tells the group: that breaks \
                           its promises, and needs `beyond = true` at the top";
            return Err(At { span: drift_place.unwrap_or(0..0), message: message.to_owned() });
        }
        let most = u64::from(REPLICAS_MAX);
        let replicas = number(self.replicas, u64::from(default.replicas), 1, most)?;
        let standby = number(self.standby, 0, 0, replicas - 1)?;
        Ok(Cluster {
            reads,
            predictions: check_predictions(self.predictions.as_ref(), default.predictions)?,
            replicas: u8::try_from(replicas).unwrap_or(REPLICAS_MAX),
            standby: u8::try_from(standby).unwrap_or(0),
            durability,
            service,
            checkpoints: match self.checkpoints {
                None => default.checkpoints,
                Some(raw) => Some(Checkpoints {
                    every: number(raw.every, 64, 1, 1 << 30)?,
                    kept: kept(raw.kept)?,
                }),
            },
            bounds: Bounds {
                pipeline_max: count(self.pipeline, bounds.pipeline_max)?,
                batch_max: count(self.batch, bounds.batch_max)?,
                requests_max: count(self.requests, bounds.requests_max)?,
                clients_max: count(self.clients, bounds.clients_max)?,
                operation_bytes_max: count(self.operation_bytes, bounds.operation_bytes_max)?,
                transfer_max: count(self.transfer, bounds.transfer_max)?,
            },
            timeouts: Timeouts {
                heartbeat: patience(self.heartbeat, timeouts.heartbeat.into())?,
                resend: patience(self.resend, timeouts.resend.into())?,
                primary_silence: patience(self.primary_silence, timeouts.primary_silence.into())?,
                view_change: patience(self.view_change, timeouts.view_change.into())?,
            },
            jitter: ratio(self.jitter, default.jitter)?,
            drift,
            sabotage,
        })
    }
}

fn check_predictions(word: Option<&Text>, default: Predictions) -> Checked<Predictions> {
    match word.map(|word| (word, word.get_ref().as_str())) {
        None => Ok(default),
        Some((_, "primary")) => Ok(Predictions::ByPrimary),
        Some((_, "merged")) => Ok(Predictions::Merged),
        Some((word, _)) => Err(wrong(word, "predictions are \"primary\" or \"merged\"")),
    }
}

/// Whether clocks are further off than the group is told.
fn is_beyond(reads: Reads, drift: Ratio) -> bool {
    match reads {
        Reads::UnderLease(lease) => drift.in_millionths() > lease.drift,
        Reads::ThroughTheLog | Reads::ByQuorum => false,
    }
}

/// What a file says of reads beside the log.
struct RawLease {
    reads: Option<Text>,
    length: Option<Text>,
    drift: Option<Text>,
}

impl RawLease {
    fn check(self, service: ServiceKind) -> Checked<Reads> {
        let word = self.reads.as_ref().map_or("log", |word| word.get_ref().as_str());
        let reads = match (word, &self.reads) {
            ("lease", _) => {
                let drift = ratio(self.drift, Ratio::ZERO)?.in_millionths();
                let length = patience(self.length, Span::millis(50))?;
                return Self::offered(
                    Reads::UnderLease(Lease { length, drift }),
                    service,
                    self.reads,
                );
            }
            ("log", _) => Reads::ThroughTheLog,
            ("quorum", _) => Reads::ByQuorum,
            (_, Some(word)) => {
                return Err(wrong(word, "reads are by \"log\", \"quorum\" or \"lease\""));
            }
            (_, None) => Reads::ThroughTheLog,
        };
        if let Some(stray) = self.length.as_ref().or(self.drift.as_ref()) {
            return Err(wrong(stray, "a lease is only where `reads` is \"lease\""));
        }
        Self::offered(reads, service, self.reads)
    }

    fn offered(reads: Reads, service: ServiceKind, word: Option<Text>) -> Checked<Reads> {
        match word {
            Some(word) if reads != Reads::ThroughTheLog && !service.has_reads() => {
                Err(wrong(&word, "this service has no operations that only look"))
            }
            _ => Ok(reads),
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

fn check_fault(raw: Spanned<RawFault>, cast: Cast) -> Checked<Fault> {
    let place = raw.span();
    let raw = raw.into_inner();
    let one = |message: &str| At { span: place.clone(), message: message.to_owned() };
    let trigger = match (raw.at, raw.when) {
        (Some(at), None) => Trigger::At(span(Some(at), Span::ZERO)?),
        (None, Some(when)) => {
            let Target::Replica(replica) = target(&when.replica, cast)? else {
                return Err(wrong(&when.replica, "only a replica's number can stand here"));
            };
            Trigger::When(replica, milestone(&when.reaches)?)
        }
        (Some(_), Some(_)) | (None, None) => {
            return Err(one("a fault has either `at` or `when`"));
        }
    };
    let actions = [
        raw.crash.map(|t| Ok(Action::Crash(target(&t, cast)?))),
        raw.restart.map(|t| match target(&t, cast)? {
            target @ (Target::Replica(_) | Target::Client(_)) => Ok(Action::Restart(target)),
            Target::Primary | Target::Backup => Err(wrong(&t, "who is down has no role")),
        }),
        raw.pause.map(|t| Ok(Action::Pause(target(&t, cast)?))),
        raw.partition.map(|groups| check_partition(&groups, cast)),
        raw.cut.map(|cut| Ok(Action::Cut(targets(&cut.from, cast)?, targets(&cut.to, cast)?))),
        raw.flap.map(|flap| check_flap(flap, cast)),
        raw.lose.map(|lose| check_lose(lose, cast)),
        raw.jump.map(|jump| {
            let forward = span(Some(jump.forward), Span::ZERO)?;
            Ok(Action::Jump(target(&jump.process, cast)?, forward))
        }),
        raw.damage.map(|damage| check_damage(damage, cast)),
        raw.hinder.map(|hinder| check_hinder(hinder, cast)),
        raw.reconfigure.map(|members| check_reconfigure(&members, cast)),
    ];
    let mut actions = actions.into_iter().flatten();
    let (Some(action), None) = (actions.next(), actions.next()) else {
        return Err(one(
            "a fault has exactly one of `crash`, `restart`, `pause`, `partition`, `cut`, \
             `flap`, `lose`, `jump`, `damage`, `hinder`, `reconfigure`",
        ));
    };
    let heal = match raw.heal_after {
        None => Heal::AtTheEnd,
        Some(never) if never.get_ref() == "never" => Heal::Never,
        Some(after) => Heal::After(span(Some(after), Span::ZERO)?),
    };
    Ok(Fault { trigger, action: action?, heal })
}

fn check_partition(groups: &Spanned<Vec<Vec<Text>>>, cast: Cast) -> Checked<Action> {
    let mut seen = Vec::new();
    let mut checked = Vec::new();
    for group in groups.get_ref() {
        let members = targets(group, cast)?;
        for (member, text) in members.iter().zip(group) {
            if seen.contains(member) {
                return Err(wrong(text, "a process is on one side of a partition"));
            }
            seen.push(*member);
        }
        checked.push(members);
    }
    Ok(Action::Partition(checked))
}

/// Also a group that there can't be: the group itself must refuse it.
fn check_reconfigure(members: &Spanned<Vec<Text>>, cast: Cast) -> Checked<Action> {
    let named = targets(members.get_ref(), cast)?;
    for (member, text) in named.iter().zip(members.get_ref()) {
        if member.replica().is_none() {
            return Err(wrong(text, "the members of a group are replicas by their numbers"));
        }
    }
    Ok(Action::Reconfigure(named))
}

fn check_flap(flap: RawFlap, cast: Cast) -> Checked<Action> {
    let ends = targets(flap.link.get_ref(), cast)?;
    let [a, b] = ends[..] else {
        let message = "a link has two ends".to_owned();
        return Err(At { span: flap.link.span(), message });
    };
    Ok(Action::Flap(a, b, Span::from(patience(Some(flap.every), Span::ZERO)?)))
}

fn check_damage(damage: RawDamage, cast: Cast) -> Checked<Action> {
    let disk = owner(&damage.disk, cast)?;
    let how = Harm::ALL.into_iter().find(|how| how.name() == damage.how.get_ref());
    let how = how.ok_or_else(|| {
        let names: Vec<&str> = Harm::ALL.iter().map(|how| how.name()).collect();
        wrong(&damage.how, &format!("a disk fails by {}", names.join(", ")))
    })?;
    let op = damage.op.map(|op| number(Some(op), 1, 1, u64::MAX)).transpose()?;
    Ok(Action::Damage(disk, how, op))
}

fn check_hinder(hinder: RawHinder, cast: Cast) -> Checked<Action> {
    let disk = owner(&hinder.disk, cast)?;
    let how = match (hinder.how.get_ref().as_str(), hinder.times) {
        ("slow", times) => {
            let times = number(times, 10, 2, 1_000_000)?;
            Hindrance::Slow(u32::try_from(times).unwrap_or(u32::MAX))
        }
        ("full", None) => Hindrance::Full,
        ("failed-sync", None) => Hindrance::FailedSync,
        ("full" | "failed-sync", Some(_)) => {
            return Err(wrong(&hinder.how, "`times` goes with \"slow\" only"));
        }
        _ => {
            let allowed = "what hinders a disk is \"slow\", \"full\" or \"failed-sync\"";
            return Err(wrong(&hinder.how, allowed));
        }
    };
    Ok(Action::Hinder(disk, how))
}

/// Whose disk it is.
fn owner(name: &Text, cast: Cast) -> Checked<Target> {
    match target(name, cast)? {
        Target::Client(_) => Err(wrong(name, "only a replica has a disk")),
        owner @ (Target::Replica(_) | Target::Primary | Target::Backup) => Ok(owner),
    }
}

fn check_lose(lose: RawLose, cast: Cast) -> Checked<Action> {
    let kind = match &lose.kind {
        None => None,
        Some(name) => {
            Some(*MessageKind::ALL.iter().find(|kind| kind.name() == name.get_ref()).ok_or_else(
                || {
                    let names: Vec<&str> =
                        MessageKind::ALL.iter().map(|kind| kind.name()).collect();
                    wrong(name, &format!("a kind of message is {}", names.join(", ")))
                },
            )?)
        }
    };
    let from = lose.from.map(|t| target(&t, cast)).transpose()?;
    let to = lose.to.map(|t| target(&t, cast)).transpose()?;
    Ok(Action::Lose { kind, from, to, share: ratio(lose.share, Ratio::ONE)? })
}

fn check_message(raw: Spanned<RawMessage>, cast: Cast) -> Checked<MessageFate> {
    let raw = raw.into_inner();
    let allowed = "a link is written \"r0->r2\"";
    let (from, to) =
        raw.link.get_ref().split_once("->").ok_or_else(|| wrong(&raw.link, allowed))?;
    let end = |name: &str| {
        let name = Spanned::new(raw.link.span(), name.trim().to_owned());
        match target(&name, cast)? {
            end @ (Target::Replica(_) | Target::Client(_)) => Ok(end),
            Target::Primary | Target::Backup => Err(wrong(&raw.link, allowed)),
        }
    };
    let fate = match (raw.fate.get_ref().as_str(), raw.after) {
        ("drop", None) => Scripted::Drop,
        ("twice", None) => Scripted::Twice,
        ("deliver", after) => {
            Scripted::Deliver(after.map(|after| span(Some(after), Span::ZERO)).transpose()?)
        }
        ("drop" | "twice", Some(_)) => {
            return Err(wrong(&raw.fate, "`after` goes with \"deliver\" only"));
        }
        _ => {
            return Err(wrong(&raw.fate, "a fate is \"drop\", \"twice\" or \"deliver\""));
        }
    };
    let nth = number(Some(raw.nth), 1, 1, u64::MAX)?;
    let (from, to) = (end(from)?, end(to)?);
    if !matches!((from, to), (Target::Replica(_), _) | (_, Target::Replica(_))) || from == to {
        return Err(wrong(&raw.link, "a link is between two replicas, or a client and a replica"));
    }
    Ok(MessageFate { from, to, nth, fate })
}

fn targets(names: &[Text], cast: Cast) -> Checked<Vec<Target>> {
    names.iter().map(|name| target(name, cast)).collect()
}

fn target(name: &Text, cast: Cast) -> Checked<Target> {
    let text = name.get_ref().as_str();
    match text {
        "primary" => return Ok(Target::Primary),
        "backup" => return Ok(Target::Backup),
        _ => {}
    }
    let number = |prefix| {
        let digits: &str = text.strip_prefix(prefix)?;
        let number = digits.parse::<u16>().ok()?;
        // One way to write each name: r1, and not r01 or r+1.
        (number.to_string() == digits).then_some(number)
    };
    if let Some(replica) = number('r').and_then(|n| u8::try_from(n).ok()) {
        if replica < cast.replicas {
            return Ok(Target::Replica(replica));
        }
    } else if let Some(client) = number('c')
        && client < cast.clients
    {
        return Ok(Target::Client(client));
    }
    let allowed = format!(
        "there are replicas r0 to r{} and clients c0 to c{}, \"primary\" and \"backup\"",
        cast.replicas - 1,
        cast.clients - 1
    );
    Err(wrong(name, &allowed))
}

fn milestone(text: &Text) -> Checked<Milestone> {
    let words: Vec<&str> = text.get_ref().split_whitespace().collect();
    let count = |word: &str| word.parse::<u64>().ok();
    let found = match words[..] {
        ["view", n] => count(n).map(Milestone::View),
        ["op", n] => count(n).map(Milestone::Op),
        ["commit", n] => count(n).map(Milestone::Commit),
        ["epoch", n] => count(n).map(Milestone::Epoch),
        [word] => {
            let status = StatusKind::ALL.into_iter().find(|status| status.name() == word);
            status.map(Milestone::Status)
        }
        _ => None,
    };
    let allowed = "a replica reaches \"view 2\", \"op 5\", \"commit 3\", \"epoch 1\", \"normal\", \
                   \"view-change\", \"recovering\", \"transitioning\" or \"shut-down\"";
    found.ok_or_else(|| wrong(text, allowed))
}

fn wrong(text: &Text, allowed: &str) -> At {
    At { span: text.span(), message: format!("\"{}\": {allowed}", text.get_ref()) }
}

fn number(value: Option<Spanned<u64>>, default: u64, min: u64, max: u64) -> Checked<u64> {
    let Some(value) = value else {
        return Ok(default);
    };
    if (min..=max).contains(value.get_ref()) {
        return Ok(*value.get_ref());
    }
    let message = format!("{} is not in {min} to {max}", value.get_ref());
    Err(At { span: value.span(), message })
}

/// How many checkpoints are kept: a superblock has room for so many.
fn kept(value: Option<Spanned<u64>>) -> Checked<usize> {
    let most = u64::try_from(CHECKPOINTS_MAX).unwrap_or(u64::MAX);
    Ok(usize::try_from(number(value, 2, 1, most)?).unwrap_or(CHECKPOINTS_MAX))
}

fn count(value: Option<Spanned<u64>>, default: usize) -> Checked<usize> {
    let default = u64::try_from(default).unwrap_or(u64::MAX);
    let checked = number(value, default, 1, 1 << 30)?;
    Ok(usize::try_from(checked).unwrap_or(usize::MAX))
}

fn ratio(value: Option<Text>, default: Ratio) -> Checked<Ratio> {
    let Some(text) = value else {
        return Ok(default);
    };
    Ratio::parse(text.get_ref())
        .map_err(|error| At { span: text.span(), message: error.to_string() })
}

fn span(value: Option<Text>, default: Span) -> Checked<Span> {
    let Some(text) = value else {
        return Ok(default);
    };
    Span::parse(text.get_ref())
        .map_err(|error| At { span: text.span(), message: error.to_string() })
}

/// A span that must not be nothing.
fn patience(value: Option<Text>, default: Span) -> Checked<core::time::Duration> {
    let place = value.as_ref().map(Spanned::span);
    let checked = span(value, default)?;
    if checked == Span::ZERO {
        let message = "this must be more than nothing".to_owned();
        return Err(At { span: place.unwrap_or(0..0), message });
    }
    Ok(checked.duration())
}
