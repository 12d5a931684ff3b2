//! The service of a run, watched: what it executes is told to the judges.

use super::random::mix;
use super::scenario::ServiceKind;
use crate::protocol::ReplicaNumber;
use crate::protocol::pages::Tree;
use crate::protocol::service::{Applied, Predicting, Predicts, Service, Typed};
use crate::services::{Clock, Counter, Kv, Lottery, Postcard, Queue, Register};
use bytes::Bytes;

/// One of the services, as a scenario names it.
#[derive(Clone, Debug)]
enum AnyService {
    Register(Typed<Register, Postcard>),
    Kv(Typed<Kv, Postcard>),
    Counter(Typed<Counter, Postcard>),
    Queue(Typed<Queue, Postcard>),
    Clock(Typed<Clock, Postcard>),
    Lottery(Typed<Lottery, Postcard>),
}

/// A service that notes what it executes. The judges believe the up-calls, not the replica.
#[derive(Clone, Debug)]
pub struct Watched {
    service: AnyService,
    /// Nothing of it but its `apply` is there for the replica.
    only_applies: bool,
    /// Put behind each reply, by a host that cheats.
    taint: Option<u8>,
    executions: Vec<Execution>,
    foretold: Vec<Foretold>,
}

/// One up-call.
#[derive(Clone, Debug)]
pub struct Execution {
    /// Whose request, and where in the log.
    pub applied: Applied,
    /// A digest of the operation's bytes.
    pub operation: u64,
    /// What was predicted for it.
    pub prediction: Bytes,
    /// What was returned.
    pub reply: Bytes,
    /// The state's digest after it, now and then.
    pub state: Option<u64>,
    /// It was the group's own business, with these bytes.
    pub passed: Option<Bytes>,
}

/// One up-call before an operation is in the log (§4.4).
#[derive(Clone, Debug)]
pub enum Foretold {
    /// That is predicted for a request.
    Predicted(Predicting, Bytes),
    /// Those are merged, and that is what comes out.
    Merged(Predicting, Vec<(ReplicaNumber, Bytes)>, Bytes),
}

/// How often states are compared: every so many operations.
pub const STATE_EVERY: u64 = 16;

impl Watched {
    /// A fresh service of that kind, with what is random about this replica.
    #[must_use]
    pub fn new(kind: ServiceKind, seed: u64) -> Self {
        let service = match kind {
            ServiceKind::Register => AnyService::Register(Typed::default()),
            ServiceKind::Kv => AnyService::Kv(Typed::default()),
            ServiceKind::Counter => AnyService::Counter(Typed::default()),
            ServiceKind::Queue => AnyService::Queue(Typed::default()),
            ServiceKind::Clock => AnyService::Clock(Typed::default()),
            ServiceKind::Lottery => AnyService::Lottery(Typed::new(Lottery::new(seed))),
        };
        let (executions, foretold) = (Vec::new(), Vec::new());
        Self { service, only_applies: false, taint: None, executions, foretold }
    }

    /// Leaves nothing but `apply` to the replica, as in a service that implements nothing else.
    pub const fn only_apply(&mut self) {
        self.only_applies = true;
    }

    /// Lets the replies depend on the replica.
    pub const fn taint(&mut self, replica: u8) {
        self.taint = Some(replica);
    }

    /// What was executed since this was last emptied.
    pub const fn executions_mut(&mut self) -> &mut Vec<Execution> {
        &mut self.executions
    }

    /// What was predicted and merged since this was last emptied.
    pub const fn foretold_mut(&mut self) -> &mut Vec<Foretold> {
        &mut self.foretold
    }

    fn shared(&self) -> &dyn Service {
        match &self.service {
            AnyService::Register(service) => service,
            AnyService::Kv(service) => service,
            AnyService::Counter(service) => service,
            AnyService::Queue(service) => service,
            AnyService::Clock(service) => service,
            AnyService::Lottery(service) => service,
        }
    }

    fn inner(&mut self) -> &mut dyn Service {
        match &mut self.service {
            AnyService::Register(service) => service,
            AnyService::Kv(service) => service,
            AnyService::Counter(service) => service,
            AnyService::Queue(service) => service,
            AnyService::Clock(service) => service,
            AnyService::Lottery(service) => service,
        }
    }
}

impl Service for Watched {
    fn reads(&self) -> bool {
        !self.only_applies && self.shared().reads()
    }

    fn read(&self, query: &Bytes) -> Option<Bytes> {
        if self.only_applies { None } else { self.shared().read(query) }
    }

    fn checkpoint(&mut self) -> Option<Tree> {
        if self.only_applies { None } else { self.inner().checkpoint() }
    }

    fn restore(&mut self, state: &Tree) -> bool {
        !self.only_applies && self.inner().restore(state)
    }

    fn predicts(&self) -> Predicts {
        self.shared().predicts()
    }

    fn predict(&mut self, request: Predicting, operation: &Bytes) -> Bytes {
        let value = self.inner().predict(request, operation);
        self.foretold.push(Foretold::Predicted(request, value.clone()));
        value
    }

    fn can_merge(&self, operation: &Bytes, prediction: &Bytes) -> bool {
        self.shared().can_merge(operation, prediction)
    }

    fn merge(
        &mut self,
        request: Predicting,
        operation: &Bytes,
        predictions: &[(ReplicaNumber, Bytes)],
    ) -> Option<Bytes> {
        let value = self.inner().merge(request, operation, predictions)?;
        self.foretold.push(Foretold::Merged(request, predictions.to_vec(), value.clone()));
        Some(value)
    }

    fn apply(&mut self, applied: Applied, operation: &Bytes) -> Bytes {
        self.apply_predicted(applied, operation, &Bytes::new())
    }

    fn apply_predicted(
        &mut self,
        applied: Applied,
        operation: &Bytes,
        prediction: &Bytes,
    ) -> Bytes {
        let service = self.inner();
        let mut reply = service.apply_predicted(applied, operation, prediction);
        let compare = applied.op_number.0.is_multiple_of(STATE_EVERY);
        let state = if compare { service.digest() } else { None };
        if let Some(taint) = self.taint {
            reply = [&reply[..], &[taint]].concat().into();
        }
        self.executions.push(Execution {
            applied,
            operation: digest_of(operation),
            prediction: prediction.clone(),
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
            prediction: Bytes::new(),
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

#[cfg(test)]
mod tests {
    use super::{ServiceKind, Watched};
    use crate::protocol::service::Service;
    use crate::services::counter::Operation;
    use bytes::Bytes;

    #[test]
    fn of_a_service_that_only_applies_nothing_else_is_there() {
        let query = Bytes::from(postcard::to_allocvec(&Operation::Get).expect("it is small"));
        let mut whole = Watched::new(ServiceKind::Counter, 1);
        let state = whole.checkpoint().expect("it tells its state");
        assert!(whole.reads() && whole.read(&query).is_some() && whole.restore(&state));
        let mut bare = Watched::new(ServiceKind::Counter, 1);
        bare.only_apply();
        assert!(!bare.reads() && bare.read(&query).is_none() && !bare.restore(&state));
        assert!(bare.checkpoint().is_none());
    }
}
