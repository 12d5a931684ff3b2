//! The service of a run, watched: what it executes is told to the judges.

use super::random::mix;
use super::scenario::ServiceKind;
use crate::protocol::pages::Tree;
use crate::protocol::service::{Applied, Service, Typed};
use crate::services::{Counter, Kv, Postcard, Queue, Register};
use bytes::Bytes;

/// One of the services, as a scenario names it.
#[derive(Clone, Debug)]
enum AnyService {
    Register(Typed<Register, Postcard>),
    Kv(Typed<Kv, Postcard>),
    Counter(Typed<Counter, Postcard>),
    Queue(Typed<Queue, Postcard>),
}

/// A service that notes what it executes. The judges believe the up-calls, not the replica.
#[derive(Clone, Debug)]
pub struct Watched {
    service: AnyService,
    /// Put behind each reply, by a host that cheats.
    taint: Option<u8>,
    executions: Vec<Execution>,
}

/// One up-call.
#[derive(Clone, Debug)]
pub struct Execution {
    /// Whose request, and where in the log.
    pub applied: Applied,
    /// A digest of the operation's bytes.
    pub operation: u64,
    /// What was returned.
    pub reply: Bytes,
    /// The state's digest after it, now and then.
    pub state: Option<u64>,
    /// It was the group's own business, with these bytes.
    pub passed: Option<Bytes>,
}

/// How often states are compared: every so many operations.
pub const STATE_EVERY: u64 = 16;

impl Watched {
    /// A fresh service of that kind.
    #[must_use]
    pub fn new(kind: ServiceKind) -> Self {
        let service = match kind {
            ServiceKind::Register => AnyService::Register(Typed::default()),
            ServiceKind::Kv => AnyService::Kv(Typed::default()),
            ServiceKind::Counter => AnyService::Counter(Typed::default()),
            ServiceKind::Queue => AnyService::Queue(Typed::default()),
        };
        Self { service, taint: None, executions: Vec::new() }
    }

    /// Lets the replies depend on the replica.
    pub const fn taint(&mut self, replica: u8) {
        self.taint = Some(replica);
    }

    /// What was executed since this was last emptied.
    pub const fn executions_mut(&mut self) -> &mut Vec<Execution> {
        &mut self.executions
    }

    fn shared(&self) -> &dyn Service {
        match &self.service {
            AnyService::Register(service) => service,
            AnyService::Kv(service) => service,
            AnyService::Counter(service) => service,
            AnyService::Queue(service) => service,
        }
    }

    fn inner(&mut self) -> &mut dyn Service {
        match &mut self.service {
            AnyService::Register(service) => service,
            AnyService::Kv(service) => service,
            AnyService::Counter(service) => service,
            AnyService::Queue(service) => service,
        }
    }
}

impl Service for Watched {
    fn reads(&self) -> bool {
        self.shared().reads()
    }

    fn read(&self, query: &Bytes) -> Option<Bytes> {
        self.shared().read(query)
    }

    fn checkpoint(&mut self) -> Option<Tree> {
        self.inner().checkpoint()
    }

    fn restore(&mut self, state: &Tree) -> bool {
        self.inner().restore(state)
    }

    fn apply(&mut self, applied: Applied, operation: &Bytes) -> Bytes {
        let service = self.inner();
        let mut reply = service.apply(applied, operation);
        let compare = applied.op_number.0.is_multiple_of(STATE_EVERY);
        let state = if compare { service.digest() } else { None };
        if let Some(taint) = self.taint {
            reply = [&reply[..], &[taint]].concat().into();
        }
        self.executions.push(Execution {
            applied,
            operation: digest_of(operation),
            reply: reply.clone(),
            state,
            passed: None,
        });
        reply
    }

    fn pass(&mut self, applied: Applied, operation: &Bytes) {
        self.executions.push(Execution {
            applied,
            operation: digest_of(operation),
            reply: Bytes::new(),
            state: None,
            passed: Some(operation.clone()),
        });
    }
}

/// A digest of bytes, equal on every machine.
#[must_use]
pub fn digest_of(bytes: &[u8]) -> u64 {
    let mut digest = mix(u64::try_from(bytes.len()).unwrap_or(u64::MAX) ^ 0x5bd1_e995);
    let mut chunks = bytes.chunks_exact(8);
    for chunk in &mut chunks {
        let word = u64::from_le_bytes(chunk.try_into().expect("chunks of eight"));
        digest = (digest ^ word).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(29);
    }
    let mut last = [0; 8];
    last[..chunks.remainder().len()].copy_from_slice(chunks.remainder());
    mix(digest ^ u64::from_le_bytes(last))
}
