//! A scenario as text, such that reading it gives the same scenario.

use super::{Action, Expect, Fault, Heal, MessageFate, Scenario, Target, Trigger, durability_name};
use crate::protocol::service::Predicts;
use crate::protocol::{Batching, Predictions, Reads};
use crate::sim::disk::Hindrance;
use crate::sim::member::timer_names;
use crate::sim::network::Scripted;
use crate::sim::ratio::Ratio;
use crate::sim::time::Span;
use core::fmt::{self, Write as _};

impl fmt::Display for Scenario {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "seed = {}", SeedLiteral(self.seed))?;
        if self.beyond {
            writeln!(f, "beyond = true")?;
        }
        self.write_cluster(f)?;
        self.write_workload(f)?;
        self.write_network(f)?;
        let disk = self.disk;
        let (min, mean, max) = (disk.min, disk.mean, disk.max);
        writeln!(f, "\n[disk]")?;
        writeln!(f, "sync = {{ min = \"{min}\", mean = \"{mean}\", max = \"{max}\" }}")?;
        writeln!(f, "\n[limits]")?;
        writeln!(f, "duration = \"{}\"", self.limits.duration)?;
        writeln!(f, "settle = \"{}\"", self.limits.settle)?;
        for fault in &self.faults {
            write_fault(fault, f)?;
        }
        for message in &self.messages {
            write_message(message, f)?;
        }
        write_expect(&self.expect, f)
    }
}

/// TOML's numbers end at 2^63; a larger seed is written as text.
struct SeedLiteral(u64);

impl fmt::Display for SeedLiteral {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if i64::try_from(self.0).is_ok() {
            write!(f, "{}", self.0)
        } else {
            write!(f, "\"{}\"", self.0)
        }
    }
}

impl Scenario {
    fn write_cluster(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cluster = &self.cluster;
        let (bounds, timeouts) = (&cluster.bounds, &cluster.timeouts);
        writeln!(f, "\n[cluster]")?;
        writeln!(f, "replicas = {}", cluster.replicas)?;
        if cluster.standby > 0 {
            writeln!(f, "standby = {}", cluster.standby)?;
        }
        if !cluster.witnesses.is_empty() {
            let names: Vec<String> =
                cluster.witnesses.iter().map(|witness| format!("\"{witness}\"")).collect();
            writeln!(f, "witnesses = [{}]", names.join(", "))?;
        }
        writeln!(f, "durability = \"{}\"", durability_name(cluster.durability))?;
        writeln!(f, "service = \"{}\"", cluster.service.name())?;
        if cluster.only_applies {
            writeln!(f, "only-apply = true")?;
        }
        writeln!(f, "pipeline = {}", bounds.pipeline_max)?;
        writeln!(f, "batch = {}", bounds.batch_max)?;
        match cluster.batching {
            Batching::AtOnce => {}
            Batching::Adaptive => writeln!(f, "batching = \"adaptive\"")?,
        }
        writeln!(f, "requests = {}", bounds.requests_max)?;
        writeln!(f, "clients = {}", bounds.clients_max)?;
        writeln!(f, "operation-bytes = {}", bounds.operation_bytes_max)?;
        writeln!(f, "transfer = {}", bounds.transfer_max)?;
        if let Some(checkpoints) = cluster.checkpoints {
            let (every, kept) = (checkpoints.every, checkpoints.kept);
            writeln!(f, "checkpoints = {{ every = {every}, kept = {kept} }}")?;
        }
        writeln!(f, "heartbeat = \"{}\"", Span::from(timeouts.heartbeat))?;
        writeln!(f, "resend = \"{}\"", Span::from(timeouts.resend))?;
        writeln!(f, "primary-silence = \"{}\"", Span::from(timeouts.primary_silence))?;
        writeln!(f, "view-change = \"{}\"", Span::from(timeouts.view_change))?;
        writeln!(f, "jitter = \"{}\"", cluster.jitter)?;
        writeln!(f, "drift = \"{}\"", cluster.drift)?;
        match cluster.reads {
            Reads::ThroughTheLog => writeln!(f, "reads = \"log\"")?,
            Reads::ByQuorum => writeln!(f, "reads = \"quorum\"")?,
            Reads::UnderLease(lease) => {
                writeln!(f, "reads = \"lease\"")?;
                writeln!(f, "lease = \"{}\"", Span::from(lease.length))?;
                writeln!(f, "lease-drift = \"{}\"", Ratio::millionths(lease.drift))?;
            }
        }
        match (cluster.predictions, cluster.service.predicts()) {
            (Predictions::ByPrimary, _) => writeln!(f, "predictions = \"primary\"")?,
            (Predictions::Off | Predictions::Merged, Predicts::Nothing) => {}
            (Predictions::Off | Predictions::Merged, Predicts::Alone | Predicts::Merged) => {
                writeln!(f, "predictions = \"merged\"")?;
            }
        }
        match cluster.sabotage {
            Some(sabotage) => writeln!(f, "sabotage = \"{}\"", sabotage.word()),
            None => Ok(()),
        }
    }

    fn write_workload(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let workload = &self.workload;
        writeln!(f, "\n[workload]")?;
        writeln!(f, "clients = {}", workload.clients)?;
        writeln!(f, "operations = {}", workload.operations)?;
        writeln!(f, "keys = {}", workload.keys)?;
        writeln!(f, "reads = \"{}\"", workload.reads)?;
        writeln!(f, "readers = {}", workload.readers)?;
        writeln!(f, "latest = \"{}\"", workload.latest)?;
        writeln!(f, "stale = \"{}\"", workload.stale)?;
        let (min, mean) = (workload.think_min, workload.think_mean);
        writeln!(f, "think = {{ min = \"{min}\", mean = \"{mean}\" }}")?;
        writeln!(f, "retry = \"{}\"", workload.retry)
    }

    fn write_network(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let net = &self.network;
        writeln!(f, "\n[network]")?;
        let (min, mean, max) = (net.delay_min, net.delay_mean, net.delay_max);
        writeln!(f, "delay = {{ min = \"{min}\", mean = \"{mean}\", max = \"{max}\" }}")?;
        writeln!(f, "drop = \"{}\"", net.drop)?;
        writeln!(f, "duplicate = \"{}\"", net.duplicate)?;
        writeln!(f, "reorder = \"{}\"", net.reorder)?;
        writeln!(
            f,
            "straggle = {{ share = \"{}\", max = \"{}\" }}",
            net.straggle, net.straggle_max
        )?;
        writeln!(f, "misroute = \"{}\"", net.misroute)
    }
}

fn write_fault(fault: &Fault, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "\n[[fault]]")?;
    match fault.trigger {
        Trigger::At(at) => writeln!(f, "at = \"{at}\"")?,
        Trigger::When(replica, milestone) => {
            writeln!(f, "when = {{ replica = \"r{replica}\", reaches = \"{milestone}\" }}")?;
        }
    }
    writeln!(f, "{}", fault.action)?;
    match fault.heal {
        Heal::AtTheEnd => Ok(()),
        Heal::After(after) => writeln!(f, "heal_after = \"{after}\""),
        Heal::Never => writeln!(f, "heal_after = \"never\""),
    }
}

/// As a scenario's text has it: `crash = "r1"`.
impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = self.name();
        match self {
            Action::Crash(target) | Action::Restart(target) | Action::Pause(target) => {
                write!(f, "{name} = \"{target}\"")
            }
            Action::Partition(groups) => {
                let groups: Vec<String> = groups.iter().map(|group| list(group)).collect();
                write!(f, "{name} = [{}]", groups.join(", "))
            }
            Action::Cut(from, to) => {
                write!(f, "{name} = {{ from = {}, to = {} }}", list(from), list(to))
            }
            Action::Flap(a, b, every) => {
                write!(f, "{name} = {{ link = [\"{a}\", \"{b}\"], every = \"{every}\" }}")
            }
            Action::Lose { kind, from, to, share } => {
                let mut keys = Vec::new();
                if let Some(kind) = kind {
                    keys.push(format!("kind = \"{kind}\""));
                }
                if let Some(from) = from {
                    keys.push(format!("from = \"{from}\""));
                }
                if let Some(to) = to {
                    keys.push(format!("to = \"{to}\""));
                }
                keys.push(format!("share = \"{share}\""));
                write!(f, "{name} = {{ {} }}", keys.join(", "))
            }
            Action::Reconfigure(members) => write!(f, "{name} = {}", list(members)),
            Action::Jump(target, forward) => {
                write!(f, "{name} = {{ process = \"{target}\", forward = \"{forward}\" }}")
            }
            Action::Expire(target, timer) => {
                let timer = timer_names(*target).get(usize::from(timer.0)).unwrap_or(&"?");
                write!(f, "{name} = {{ process = \"{target}\", timer = \"{timer}\" }}")
            }
            Action::Damage(target, how, op_number) => {
                write!(f, "{name} = {{ disk = \"{target}\", how = \"{}\"", how.name())?;
                match op_number {
                    Some(op_number) => write!(f, ", op = {op_number} }}"),
                    None => write!(f, " }}"),
                }
            }
            Action::Hinder(target, hindrance) => {
                write!(f, "{name} = {{ disk = \"{target}\", how = \"{}\"", hindrance.name())?;
                match hindrance {
                    Hindrance::Slow(times) => write!(f, ", times = {times} }}"),
                    Hindrance::Full | Hindrance::FailedSync => write!(f, " }}"),
                }
            }
        }
    }
}

fn write_message(message: &MessageFate, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "\n[[message]]")?;
    writeln!(f, "link = \"{}->{}\"", message.from, message.to)?;
    writeln!(f, "nth = {}", message.nth)?;
    match message.fate {
        Scripted::Drop => writeln!(f, "fate = \"drop\""),
        Scripted::Twice(None) => writeln!(f, "fate = \"twice\""),
        Scripted::Twice(Some((after, again))) => {
            writeln!(f, "fate = \"twice\"")?;
            writeln!(f, "after = \"{after}\"")?;
            writeln!(f, "again = \"{again}\"")
        }
        Scripted::Deliver(None) => writeln!(f, "fate = \"deliver\""),
        Scripted::Deliver(Some(after)) => {
            writeln!(f, "fate = \"deliver\"")?;
            writeln!(f, "after = \"{after}\"")
        }
    }
}

fn write_expect(expect: &Expect, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    writeln!(f, "\n[expect]")?;
    writeln!(f, "verdict = \"{}\"", expect.violation.as_deref().unwrap_or("pass"))?;
    if !expect.marks.is_empty() {
        let marks: Vec<String> = expect.marks.iter().map(|mark| format!("\"{mark}\"")).collect();
        writeln!(f, "marks = [{}]", marks.join(", "))?;
    }
    Ok(())
}

fn list(targets: &[Target]) -> String {
    let mut text = String::from("[");
    for (index, target) in targets.iter().enumerate() {
        let comma = if index == 0 { "" } else { ", " };
        write!(text, "{comma}\"{target}\"").expect("a string takes everything");
    }
    text.push(']');
    text
}
