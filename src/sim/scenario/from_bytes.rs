//! A scenario from a fuzzer's bytes: the seed decides the group, the bytes what goes wrong.

use super::{Action, Fault, Heal, MessageFate, Milestone, Scenario, Target, Trigger};
use crate::protocol::MessageKind;
use crate::protocol::replica::StatusKind;
use crate::sim::network::Scripted;
use crate::sim::ratio::Ratio;
use crate::sim::time::Span;
use arbitrary::{Arbitrary, Result, Unstructured};

impl<'a> Arbitrary<'a> for Scenario {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let mut scenario = Self::generate(u64::from(u.arbitrary::<u16>()?));
        scenario.workload.operations = scenario.workload.operations.min(60);
        scenario.faults.clear();
        let cast = Cast {
            replicas: scenario.cluster.replicas,
            clients: scenario.workload.clients,
            patience: Span::from(scenario.cluster.timeouts.primary_silence),
        };
        for _ in 0..u.int_in_range(0..=FAULTS_MAX)? {
            scenario.faults.push(cast.fault(u)?);
        }
        for _ in 0..u.int_in_range(0..=MESSAGES_MAX)? {
            scenario.messages.push(cast.message(u)?);
        }
        Ok(scenario)
    }
}

/// Who there is, and how long the group's patience lasts.
struct Cast {
    replicas: u8,
    clients: u16,
    patience: Span,
}

impl Cast {
    fn fault(&self, u: &mut Unstructured<'_>) -> Result<Fault> {
        let trigger = if u.ratio(1, 2)? {
            Trigger::At(Span(u.int_in_range(0..=self.patience.0 * 8)?))
        } else {
            Trigger::When(self.replica(u)?, milestone(u)?)
        };
        let heal = Heal::After(Span(u.int_in_range(0..=self.patience.0 * 8)?));
        Ok(Fault { trigger, action: self.action(u)?, heal })
    }

    fn action(&self, u: &mut Unstructured<'_>) -> Result<Action> {
        Ok(match u.int_in_range(0..=6)? {
            0 => Action::Crash(self.target(u)?),
            1 => Action::Pause(self.target(u)?),
            2 => {
                let mut sides = vec![Vec::new(), Vec::new()];
                for number in 0..self.replicas {
                    sides[usize::from(u.arbitrary::<bool>()?)].push(Target::Replica(number));
                }
                for number in 0..self.clients {
                    sides[usize::from(u.arbitrary::<bool>()?)].push(Target::Client(number));
                }
                Action::Partition(sides)
            }
            3 => Action::Cut(vec![self.target(u)?], vec![self.target(u)?]),
            4 => Action::Flap(
                self.target(u)?,
                self.target(u)?,
                Span(u.int_in_range(1_000_000..=self.patience.0)?),
            ),
            5 => Action::Lose {
                kind: Some(*u.choose(MessageKind::ALL)?),
                from: if u.arbitrary()? { Some(self.target(u)?) } else { None },
                to: if u.arbitrary()? { Some(self.target(u)?) } else { None },
                share: *u.choose(&[Ratio::ONE, Ratio::percent(50)])?,
            },
            _ => Action::Jump(self.target(u)?, Span(u.int_in_range(0..=self.patience.0 * 4)?)),
        })
    }

    fn message(&self, u: &mut Unstructured<'_>) -> Result<MessageFate> {
        let fate = match u.int_in_range(0..=2)? {
            0 => Scripted::Drop,
            1 => Scripted::Twice,
            _ => Scripted::Deliver(Some(Span(u.int_in_range(0..=self.patience.0 * 20)?))),
        };
        Ok(MessageFate {
            from: Target::Replica(self.replica(u)?),
            to: Target::Replica(self.replica(u)?),
            nth: u.int_in_range(1..=200)?,
            fate,
        })
    }

    fn target(&self, u: &mut Unstructured<'_>) -> Result<Target> {
        Ok(match u.int_in_range(0..=5)? {
            0 => Target::Primary,
            1 => Target::Backup,
            2 => Target::Client(u.int_in_range(0..=self.clients - 1)?),
            _ => Target::Replica(self.replica(u)?),
        })
    }

    fn replica(&self, u: &mut Unstructured<'_>) -> Result<u8> {
        u.int_in_range(0..=self.replicas - 1)
    }
}

fn milestone(u: &mut Unstructured<'_>) -> Result<Milestone> {
    Ok(match u.int_in_range(0..=4)? {
        0 => Milestone::View(u.int_in_range(1..=8)?),
        1 => Milestone::Op(u.int_in_range(1..=60)?),
        2 => Milestone::Commit(u.int_in_range(1..=60)?),
        3 => Milestone::Status(StatusKind::ViewChange),
        _ => Milestone::Status(StatusKind::Recovering),
    })
}

/// How many faults bytes can ask for.
const FAULTS_MAX: u32 = 12;

/// For how many messages bytes can write down the fate.
const MESSAGES_MAX: u32 = 12;
