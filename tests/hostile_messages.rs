//! Replicas that are told anything at all: no message makes one panic, whatever its numbers say.
//!
//! A group works, crashes and recovers while messages with made-up numbers arrive among the real
//! ones. What they say may well ruin the group (nothing here withstands liars); it must not stop a
//! process. `transcripts/normal-what-no-replica-can-have-said-is-refused.txt` has the reasons.

use bytes::Bytes;
use proptest::prelude::*;
use std::sync::Arc;
use vsr::protocol::log::Entry;
use vsr::protocol::message::{
    Commit, CrashVector, DoViewChange, GetState, Header, LogPart, NewState, Peer, Prepare,
    RecoveryResponse, Request, StartView,
};
use vsr::protocol::replica::Life;
use vsr::protocol::{
    ClientId, Configuration, EpochNumber, Incarnation, Input, Message, Nonce, OpNumber, Outbox,
    Output, Replica, ReplicaNumber, RequestNumber, Settings, Timer, ViewNumber,
};
use vsr::services::{Kv, Postcard};

type Member = Replica<vsr::protocol::service::Typed<Kv, Postcard>>;

/// What happens next.
#[derive(Clone, Debug)]
enum Happening {
    /// A real message arrives: the one at this place among those under way.
    Deliver(u8),
    /// A timer goes off, set or not.
    Timer(u8, u8),
    /// A replica loses its memory.
    Crash(u8),
    /// A client asks.
    Request(u8, Request),
    /// Somebody makes a message up.
    Lie(u8, Header, Peer),
}

/// Numbers near those of a young group, and at the end of what there is.
fn any_number() -> BoxedStrategy<u64> {
    prop_oneof![12 => 0..5_u64, 4 => 0..40_u64, 1 => Just(u64::MAX), 1 => any::<u64>()].boxed()
}

fn any_op_number() -> impl Strategy<Value = OpNumber> {
    any_number().prop_map(OpNumber)
}

fn any_view() -> impl Strategy<Value = ViewNumber> {
    any_number().prop_map(ViewNumber)
}

fn any_entries() -> impl Strategy<Value = Arc<[Entry]>> {
    let entry = (any_view(), 0..9_u32, any_number()).prop_map(|(view, client, number)| Entry {
        view,
        client: ClientId::from_number(client),
        request_number: RequestNumber(number),
        operation: Bytes::copy_from_slice(&number.to_le_bytes()),
    });
    proptest::collection::vec(entry, 0..6).prop_map(Arc::from)
}

fn any_log() -> impl Strategy<Value = LogPart> {
    (any_op_number(), any_entries(), any_op_number(), any_op_number(), any::<bool>()).prop_map(
        |(after, entries, op_number, commit_number, is_whole)| {
            let part = LogPart { after, entries, op_number, commit_number };
            // Half of them fit together, or the gate would leave the handlers nothing.
            if is_whole { LogPart { op_number: part.last(), ..part } } else { part }
        },
    )
}

fn any_lives() -> impl Strategy<Value = CrashVector> {
    any_number().prop_map(|number| CrashVector([Incarnation(number % 8); 16]))
}

fn any_request() -> impl Strategy<Value = Request> {
    (0..9_u32, any_number(), proptest::collection::vec(any::<u8>(), 0..40)).prop_map(
        |(client, number, operation)| Request {
            epoch: EpochNumber(0),
            client: ClientId::from_number(client),
            request_number: RequestNumber(number),
            operation: operation.into(),
        },
    )
}

fn any_peer() -> impl Strategy<Value = Peer> {
    let nonce = || (0..4_u64).prop_map(|number| Nonce(number.into()));
    prop_oneof![
        (any_log()).prop_map(|log| Peer::Prepare(Prepare {
            op_number: log.op_number,
            commit_number: log.commit_number,
            entries: log.entries,
        })),
        any_op_number().prop_map(|op_number| Peer::PrepareOk { op_number }),
        (any_op_number(), any_op_number(), any_number()).prop_map(
            |(commit_number, op_number, beat)| Peer::Commit(Commit {
                commit_number,
                op_number,
                beat
            })
        ),
        any_view().prop_map(|wanted| Peer::StartViewChange { wanted }),
        (any_view(), any_log(), any_lives()).prop_map(|(last_normal_view, log, crash_vector)| {
            Peer::DoViewChange(Box::new(DoViewChange { last_normal_view, log, crash_vector }))
        }),
        any_log().prop_map(|log| Peer::StartView(Box::new(StartView { log }))),
        (nonce(), any_op_number()).prop_map(|(nonce, after)| Peer::Recovery { nonce, after }),
        (nonce(), proptest::option::of(any_log()), any_lives()).prop_map(
            |(nonce, log, crash_vector)| Peer::RecoveryResponse(Box::new(RecoveryResponse {
                nonce,
                log,
                crash_vector
            }))
        ),
        (any_view(), any_op_number(), any::<bool>()).prop_map(
            |(wanted, after, for_view_change)| Peer::GetState(GetState {
                wanted,
                after,
                for_view_change
            })
        ),
        (any_log(), any::<bool>()).prop_map(|(part, for_view_change)| Peer::NewState(Box::new(
            NewState { part, for_view_change }
        ))),
    ]
}

fn any_header() -> impl Strategy<Value = Header> {
    (0..20_u64, any_view(), 0..6_u8, 0..4_u64).prop_map(|(epoch, view, from, incarnation)| Header {
        epoch: EpochNumber(epoch / 19),
        view,
        from: ReplicaNumber(from),
        incarnation: Incarnation(incarnation),
    })
}

fn happenings() -> impl Strategy<Value = Vec<Happening>> {
    let number = 0..REPLICAS;
    let timers = u8::try_from(Timer::ALL.len()).expect("there are few");
    let one = prop_oneof![
        8 => any::<u8>().prop_map(Happening::Deliver),
        3 => (number.clone(), 0..timers).prop_map(|(to, timer)| Happening::Timer(to, timer)),
        1 => number.clone().prop_map(Happening::Crash),
        3 => (number.clone(), any_request()).prop_map(|(to, m)| Happening::Request(to, m)),
        6 => (number, any_header(), any_peer()).prop_map(|(to, h, p)| Happening::Lie(to, h, p)),
    ];
    proptest::collection::vec(one, 0..120)
}

struct Group {
    settings: Settings,
    members: Vec<Member>,
    under_way: Vec<(ReplicaNumber, Message)>,
    lives: u64,
    refused: usize,
}

impl Group {
    fn new() -> Self {
        let configuration = Configuration::new(REPLICAS).expect("a group");
        let mut settings = Settings::new(configuration);
        // Small, so that what is beyond them is met.
        settings.bounds.clients_max = 3;
        settings.bounds.pipeline_max = 2;
        settings.bounds.transfer_max = 2;
        let mut group =
            Self { settings, members: Vec::new(), under_way: Vec::new(), lives: 0, refused: 0 };
        for number in configuration.members() {
            let mut out = Outbox::default();
            let member = Replica::start(settings, number, service(), &mut out);
            group.members.push(member.expect("the settings are valid"));
            group.perform(number, &mut out);
        }
        group
    }

    fn happen(&mut self, happening: Happening) {
        match happening {
            Happening::Deliver(place) if self.under_way.is_empty() => {
                self.step(place % REPLICAS, Input::Timer(Timer::Heartbeat));
            }
            Happening::Deliver(place) => {
                let place = usize::from(place) % self.under_way.len();
                let (to, message) = self.under_way.swap_remove(place);
                self.step(to.0, Input::Message(message));
            }
            Happening::Timer(to, timer) => {
                self.step(to, Input::Timer(Timer::ALL[usize::from(timer)]));
            }
            Happening::Crash(number) => self.crash(ReplicaNumber(number)),
            Happening::Request(to, request) => {
                self.step(to, Input::Message(Message::Request(request)));
            }
            Happening::Lie(to, header, peer) => {
                self.step(to, Input::Message(Message::Peer(header, peer)));
            }
        }
    }

    fn crash(&mut self, number: ReplicaNumber) {
        self.lives += 1;
        let life =
            Life { incarnation: Incarnation(self.lives), nonce: Nonce((self.lives % 4).into()) };
        let mut out = Outbox::default();
        let recovered = Replica::recover(self.settings, number, life, service(), &mut out);
        self.members[number.index()] = recovered.expect("the settings are valid");
        self.perform(number, &mut out);
    }

    fn step(&mut self, to: u8, input: Input) {
        let mut out = Outbox::default();
        self.members[usize::from(to)].step(input, &mut out);
        self.refused += usize::from(out.take_refused().is_some());
        self.perform(ReplicaNumber(to), &mut out);
    }

    fn perform(&mut self, from: ReplicaNumber, out: &mut Outbox) {
        for output in out.drain() {
            match output {
                Output::Send(to, message) => self.under_way.push((to, message)),
                Output::Broadcast(message) => {
                    let others = (0..REPLICAS).map(ReplicaNumber).filter(|&to| to != from);
                    self.under_way.extend(others.map(|to| (to, message.clone())));
                }
                Output::Reply(..) | Output::SetTimer(..) | Output::CancelTimer(_) => {}
            }
        }
    }
}

fn service() -> vsr::protocol::service::Typed<Kv, Postcard> {
    vsr::protocol::service::Typed::new(Kv::default())
}

const REPLICAS: u8 = 3;

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn no_message_makes_a_replica_panic(happenings in happenings()) {
        let mut group = Group::new();
        let lies = happenings.iter().filter(|h| matches!(h, Happening::Lie(..))).count();
        for happening in happenings {
            group.happen(happening);
        }
        // Were nearly all of them refused at the door, the handlers would not have been tried.
        prop_assert!(lies < 30 || group.refused > 0);
    }
}
