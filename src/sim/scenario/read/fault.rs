//! `[[fault]]` and `[[message]]`: what happens, when, and to whom.

#[cfg(feature = "schema")]
use super::shape;
use super::value::{At, Checked, Text, number, patience, ratio, span, wrong};
use crate::protocol::MessageKind;
use crate::protocol::replica::StatusKind;
use crate::sim::disk::Hindrance;
use crate::sim::harm::Harm;
use crate::sim::member::timer_names;
use crate::sim::network::Scripted;
use crate::sim::node::TimerId;
use crate::sim::ratio::Ratio;
use crate::sim::scenario::{Action, Fault, Heal, MessageFate, Milestone, Target, Trigger};
use crate::sim::time::Span;
use serde::Deserialize;
use toml::Spanned;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct RawFault {
    /// When it strikes.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    at: Option<Text>,
    /// It strikes when a replica reaches something.
    when: Option<RawWhen>,
    /// That process loses its memory, and is down.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Process>"))]
    crash: Option<Text>,
    /// That process, which is down, starts again.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Process>"))]
    restart: Option<Text>,
    /// That process stands still.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Process>"))]
    pause: Option<Text>,
    /// Only who is on one side can talk; who is on none can talk to nobody.
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<Vec<shape::Process>>>"))]
    partition: Option<Spanned<Vec<Vec<Text>>>>,
    /// Messages from some to others are lost.
    cut: Option<RawCut>,
    /// A link is cut and mended again and again.
    flap: Option<RawFlap>,
    /// A share of some messages is lost.
    lose: Option<RawLose>,
    /// A clock is put forward.
    jump: Option<RawJump>,
    /// A timer goes off before its time.
    expire: Option<RawExpire>,
    /// A replica stops, and its disk has failed when it starts again.
    damage: Option<RawDamage>,
    /// A disk is slow, full, or fails while its replica runs.
    hinder: Option<RawHinder>,
    /// The administrator asks for these members (§7).
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<shape::Replica>>"))]
    pub(super) reconfigure: Option<Spanned<Vec<Text>>>,
    /// After how long it ends; with everything else where it is missing.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Ending>"))]
    heal_after: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawWhen {
    /// Who.
    #[cfg_attr(feature = "schema", schemars(with = "shape::Replica"))]
    replica: Text,
    /// What.
    #[cfg_attr(feature = "schema", schemars(with = "shape::Reached"))]
    reaches: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawCut {
    /// From these.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<shape::Process>"))]
    from: Vec<Text>,
    /// To these.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<shape::Process>"))]
    to: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawFlap {
    /// Between these two.
    #[cfg_attr(feature = "schema", schemars(with = "Vec<shape::Process>"))]
    link: Spanned<Vec<Text>>,
    /// In that rhythm.
    #[cfg_attr(feature = "schema", schemars(with = "shape::Time"))]
    every: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawLose {
    /// Of that kind; of all where it is missing.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Kind>"))]
    kind: Option<Text>,
    /// From whom.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Process>"))]
    from: Option<Text>,
    /// To whom.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Process>"))]
    to: Option<Text>,
    /// How many; all where it is missing.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Share>"))]
    share: Option<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawJump {
    /// Whose.
    #[cfg_attr(feature = "schema", schemars(with = "shape::Process"))]
    process: Text,
    /// By how much.
    #[cfg_attr(feature = "schema", schemars(with = "shape::Time"))]
    forward: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawExpire {
    /// Whose.
    #[cfg_attr(feature = "schema", schemars(with = "shape::Process"))]
    process: Text,
    /// Which.
    #[cfg_attr(feature = "schema", schemars(with = "shape::TimerName"))]
    timer: Text,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawDamage {
    /// Whose.
    #[cfg_attr(feature = "schema", schemars(with = "shape::Process"))]
    disk: Text,
    /// How.
    #[cfg_attr(feature = "schema", schemars(with = "shape::Failing"))]
    how: Text,
    /// What holds that operation; all where it is missing.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    op: Option<Spanned<u64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
struct RawHinder {
    /// Whose.
    #[cfg_attr(feature = "schema", schemars(with = "shape::Process"))]
    disk: Text,
    /// How.
    #[cfg_attr(feature = "schema", schemars(with = "shape::Hindering"))]
    how: Text,
    /// So many times slower.
    #[cfg_attr(feature = "schema", schemars(with = "Option<u64>"))]
    times: Option<Spanned<u64>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) struct RawMessage {
    /// From whom to whom.
    #[cfg_attr(feature = "schema", schemars(with = "shape::Link"))]
    link: Text,
    /// The how-manieth message of that link, from 1.
    #[cfg_attr(feature = "schema", schemars(with = "u64"))]
    nth: Spanned<u64>,
    /// What becomes of it.
    #[cfg_attr(feature = "schema", schemars(with = "shape::FateName"))]
    fate: Text,
    /// After how long it arrives.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    after: Option<Text>,
    /// After how long it arrives once more.
    #[cfg_attr(feature = "schema", schemars(with = "Option<shape::Time>"))]
    again: Option<Text>,
}

/// Who exists in a run: what names may refer to.
#[derive(Clone, Copy)]
pub(super) struct Cast {
    pub(super) replicas: u8,
    pub(super) clients: u16,
    /// Whether there is an administrator.
    pub(super) reconfigures: bool,
}

pub(super) fn check(raw: Spanned<RawFault>, cast: Cast) -> Checked<Fault> {
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
            Target::Administrator | Target::Primary | Target::Backup => {
                Err(wrong(&t, "who is down has no role"))
            }
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
        raw.expire.map(|expire| check_expire(&expire, cast)),
        raw.damage.map(|damage| check_damage(damage, cast)),
        raw.hinder.map(|hinder| check_hinder(hinder, cast)),
        raw.reconfigure.map(|members| check_reconfigure(&members, cast)),
    ];
    let mut actions = actions.into_iter().flatten();
    let (Some(action), None) = (actions.next(), actions.next()) else {
        return Err(one(
            "a fault has exactly one of `crash`, `restart`, `pause`, `partition`, `cut`, \
             `flap`, `lose`, `jump`, `expire`, `damage`, `hinder`, `reconfigure`",
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

fn check_expire(expire: &RawExpire, cast: Cast) -> Checked<Action> {
    let target = anybody(&expire.process, cast)?;
    let (name, names) = (expire.timer.get_ref(), timer_names(target));
    match names.iter().position(|known| known == name) {
        Some(number) => Ok(Action::Expire(target, TimerId(u8::try_from(number).unwrap_or(0)))),
        None => {
            let names = names.join("`, `");
            Err(wrong(&expire.timer, &format!("{target} has no such timer; it has `{names}`")))
        }
    }
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
        Target::Client(_) | Target::Administrator => Err(wrong(name, "only a replica has a disk")),
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

pub(super) fn check_message(raw: Spanned<RawMessage>, cast: Cast) -> Checked<MessageFate> {
    let raw = raw.into_inner();
    let allowed = "a link is written \"r0->r2\"";
    let (from, to) =
        raw.link.get_ref().split_once("->").ok_or_else(|| wrong(&raw.link, allowed))?;
    let end = |name: &str| {
        let name = Spanned::new(raw.link.span(), name.trim().to_owned());
        match anybody(&name, cast)? {
            end @ (Target::Replica(_) | Target::Client(_) | Target::Administrator) => Ok(end),
            Target::Primary | Target::Backup => Err(wrong(&raw.link, allowed)),
        }
    };
    let time = |text: Text| span(Some(text), Span::ZERO);
    let fate = match (raw.fate.get_ref().as_str(), raw.after, raw.again) {
        ("drop", None, None) => Scripted::Drop,
        ("twice", None, None) => Scripted::Twice(None),
        ("twice", Some(after), Some(again)) => Scripted::Twice(Some((time(after)?, time(again)?))),
        ("deliver", after, None) => Scripted::Deliver(after.map(time).transpose()?),
        ("drop" | "deliver" | "twice", ..) => {
            let why = "`after` goes with \"deliver\", and together with `again` with \"twice\"";
            return Err(wrong(&raw.fate, why));
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

/// Also the administrator: what it says may be late, and it may lose patience; nothing else goes
/// wrong with it.
fn anybody(name: &Text, cast: Cast) -> Checked<Target> {
    match name.get_ref().as_str() {
        "admin" if cast.reconfigures => Ok(Target::Administrator),
        "admin" => Err(wrong(name, "there is no administrator where nothing is reconfigured")),
        _ => target(name, cast),
    }
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
