//! `[cluster]`: the group, and what it is set to.

#[cfg(feature = "schema")]
use super::shape;
use super::value::{At, Checked, Text, count, number, one_of, patience, ratio, wrong};
use crate::protocol::configuration::REPLICAS_MAX;
use crate::protocol::service::Predicts;
use crate::protocol::settings::{CHECKPOINTS_MAX, Checkpoints, Lease};
use crate::protocol::{
    Batching, Bounds, Configuration, Durability, Predictions, Reads, ReplicaNumber, ReplicaSet,
    Timeouts,
};
use crate::sim::ratio::Ratio;
use crate::sim::sabotage::Sabotage;
use crate::sim::scenario::{Cluster, ServiceKind};
use crate::sim::time::Span;
use serde::Deserialize;
use toml::Spanned;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct RawCluster {
    /// How many replicas there are, those on standby included.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    replicas: Option<Spanned<u64>>,
    /// How many of them, the last ones, are no members at first (§7).
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    standby: Option<Spanned<u64>>,
    /// Those that vote and hold the log, and run no service (§6.1).
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<shape::Replica>>"))]
    witnesses: Option<Spanned<Vec<Text>>>,
    /// Whether replicas have disks.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Disks>"))]
    durability: Option<Text>,
    /// What is replicated.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Service>"))]
    service: Option<Text>,
    /// The service implements nothing but `apply`.
    #[cfg_attr(feature = "schema", schemars(with = "Option<bool>"))]
    only_apply: Option<Spanned<bool>>,
    /// How many PREPAREs may be under way at a time.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    pipeline: Option<Spanned<u64>>,
    /// How many requests one PREPARE carries at most.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    batch: Option<Spanned<u64>>,
    /// When requests are sent on (§6.2).
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Batches>"))]
    batching: Option<Text>,
    /// How many requests the primary keeps waiting.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    requests: Option<Spanned<u64>>,
    /// How many clients the table has room for.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    clients: Option<Spanned<u64>>,
    /// How long an operation may be.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    operation_bytes: Option<Spanned<u64>>,
    /// How many operations one NEWSTATE carries at most.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    transfer: Option<Spanned<u64>>,
    /// When checkpoints are taken (§5.1); never where it is missing.
    checkpoints: Option<RawCheckpoints>,
    /// After how long without a PREPARE the primary sends a COMMIT.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    heartbeat: Option<Text>,
    /// After how long something is said again.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    resend: Option<Text>,
    /// After how long without the primary a backup looks for another.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    primary_silence: Option<Text>,
    /// After how long a view change is given up for the next.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    view_change: Option<Text>,
    /// By how much timers differ.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Share>"))]
    jitter: Option<Text>,
    /// By how much clocks run too fast or too slow.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Share>"))]
    drift: Option<Text>,
    /// How reads are answered (§6.3).
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::ReadsBy>"))]
    reads: Option<Text>,
    /// How long a lease is.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    lease: Option<Text>,
    /// How far off the group believes clocks to be.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Share>"))]
    lease_drift: Option<Text>,
    /// Who predicts (§4.4).
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::PredictedBy>"))]
    predictions: Option<Text>,
    /// How hosts cheat.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Cheating>"))]
    sabotage: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawCheckpoints {
    /// After so many operations.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    every: Option<Spanned<u64>>,
    /// How many are kept.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    kept: Option<Spanned<u64>>,
}

impl RawCluster {
    pub(super) fn check(self, default: Cluster, beyond: bool) -> Checked<Cluster> {
        let durability = check_durability(self.durability.as_ref(), default.durability)?;
        let service = check_service(self.service.as_ref(), default.service)?;
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
        let checkpoints = match self.checkpoints {
            None => default.checkpoints,
            Some(raw) => Some(Checkpoints {
                every: number(raw.every, 64, 1, 1 << 30)?,
                kept: kept(raw.kept)?,
            }),
        };
        let only_applies = match self.only_apply {
            None => default.only_applies,
            Some(said) => check_only_apply(&said, service, checkpoints, reads)?,
        };
        let predictions = check_predictions(self.predictions.as_ref(), default.predictions)?;
        let is_merged =
            service.predicts() == Predicts::Merged && predictions == Predictions::Merged;
        Ok(Cluster {
            reads,
            batching: check_batching(self.batching.as_ref(), default.batching)?,
            predictions,
            witnesses: check_witnesses(self.witnesses, replicas, standby, is_merged)?,
            replicas: u8::try_from(replicas).unwrap_or(REPLICAS_MAX),
            standby: u8::try_from(standby).unwrap_or(0),
            durability,
            service,
            only_applies,
            checkpoints,
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

fn check_durability(word: Option<&Text>, default: Durability) -> Checked<Durability> {
    let words = [("memory", Durability::Memory), ("disk", Durability::Disk)];
    one_of(word, default, &words, "a durability is \"memory\" or \"disk\"")
}

fn check_service(name: Option<&Text>, default: ServiceKind) -> Checked<ServiceKind> {
    let Some(name) = name else {
        return Ok(default);
    };
    let found = ServiceKind::ALL.into_iter().find(|kind| kind.name() == name.get_ref());
    found.ok_or_else(|| wrong(name, "a service is register, kv, counter, queue, clock or lottery"))
}

/// A service that implements nothing but `apply` is asked for nothing else.
fn check_only_apply(
    said: &Spanned<bool>,
    service: ServiceKind,
    checkpoints: Option<Checkpoints>,
    reads: Reads,
) -> Checked<bool> {
    let lacks = |what: &str| {
        let message = format!("a service that implements nothing but `apply` has no {what}");
        Err(At { span: said.span(), message })
    };
    match (said.get_ref(), service.predicts(), checkpoints, reads) {
        (false, ..) => Ok(false),
        (true, Predicts::Nothing, None, Reads::ThroughTheLog) => Ok(true),
        (true, Predicts::Alone | Predicts::Merged, ..) => lacks("predictions"),
        (true, Predicts::Nothing, Some(_), _) => lacks("checkpoints"),
        (true, Predicts::Nothing, None, _) => lacks("reads beside the log"),
    }
}

/// Names of replicas, of whom not so many may be members that all who run the service can fail.
fn check_witnesses(
    names: Option<Spanned<Vec<Text>>>,
    replicas: u64,
    standby: u64,
    is_merged: bool,
) -> Checked<ReplicaSet> {
    let Some(names) = names else {
        return Ok(ReplicaSet::EMPTY);
    };
    let mut witnesses = ReplicaSet::EMPTY;
    for name in names.get_ref() {
        let number = name.get_ref().strip_prefix('r').and_then(|number| number.parse().ok());
        match number {
            Some(number) if u64::from(number) < replicas => {
                witnesses.insert(ReplicaNumber(number));
            }
            Some(_) | None => {
                return Err(wrong(name, &format!("a witness is one of r0 to r{}", replicas - 1)));
            }
        }
    }
    let at = |message: &str| At { span: names.span(), message: message.to_owned() };
    let group = u8::try_from(replicas - standby).ok().and_then(|n| Configuration::new(n).ok());
    let group = group.and_then(|group| group.with_witnesses(witnesses.in_both(group.set())));
    if group.is_none() {
        return Err(at("of the first members one more than may fail has to run the service"));
    }
    if is_merged && !witnesses.is_empty() {
        return Err(at(
            "witnesses have nothing to predict from: with this service, set `predictions` to \
             \"primary\"",
        ));
    }
    Ok(witnesses)
}

fn check_batching(word: Option<&Text>, default: Batching) -> Checked<Batching> {
    let words = [("at-once", Batching::AtOnce), ("adaptive", Batching::Adaptive)];
    one_of(word, default, &words, "batching is \"at-once\" or \"adaptive\"")
}

fn check_predictions(word: Option<&Text>, default: Predictions) -> Checked<Predictions> {
    let words = [("primary", Predictions::ByPrimary), ("merged", Predictions::Merged)];
    one_of(word, default, &words, "predictions are \"primary\" or \"merged\"")
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

/// How many checkpoints are kept: a superblock has room for so many.
fn kept(value: Option<Spanned<u64>>) -> Checked<usize> {
    let most = u64::try_from(CHECKPOINTS_MAX).unwrap_or(u64::MAX);
    Ok(usize::try_from(number(value, 2, 1, most)?).unwrap_or(CHECKPOINTS_MAX))
}
