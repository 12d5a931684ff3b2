//! What is replicated: a service author's side of the protocol.

use super::numbers::{ClientId, LocalTime, OpNumber, ReplicaNumber, RequestNumber, ViewNumber};
use super::pages::Tree;
use bytes::Bytes;
use core::marker::PhantomData;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A deterministic state machine: the same operations in the same order give the same replies
/// and the same state at every replica (§4.4 tells what to do about the rest).
pub trait Service {
    /// Executes one operation and returns its reply: the paper's up-call (§4.1 step 5).
    ///
    /// Called once for each committed operation, in the order of the op-numbers.
    fn apply(&mut self, request: Applied, operation: &Bytes) -> Bytes;

    /// Told of an operation in the log that is the group's own business: a reconfiguration, or a
    /// look whether an epoch has begun (§7). It changes nothing that the service keeps.
    fn pass(&mut self, _request: Applied, _operation: &Bytes) {}
    /// Executes one operation with what was predicted for it (§4.4), which is nothing where nothing
    /// is predicted. This is what replicas call; a service that predicts implements it and uses no
    /// other time, and no other randomness, than what stands in the prediction.
    ///
    /// What was predicted comes out of the log as it went in, but perhaps of another version of the
    /// service: what can't be read must have one meaning at all replicas, and not be a panic.
    fn apply_predicted(
        &mut self,
        request: Applied,
        operation: &Bytes,
        _prediction: &Bytes,
    ) -> Bytes {
        self.apply(request, operation)
    }

    /// What its operations need beside the state and themselves (§4.4).
    fn predicts(&self) -> Predicts {
        Predicts::Nothing
    }

    /// What an operation shall be executed with, of all that could be: the time, a random number.
    ///
    /// Called at the primary when the request is given its op-number, or at all replicas before
    /// that. It must not change what operations see: what it says may come to nothing.
    fn predict(&mut self, _request: Predicting, _operation: &Bytes) -> Bytes {
        Bytes::new()
    }

    /// Whether [`Service::merge`] can read what another replica has predicted, whose version of the
    /// service may be another one.
    fn can_merge(&self, _operation: &Bytes, _prediction: &Bytes) -> bool {
        true
    }

    /// What an operation is executed with, by what several replicas have predicted: in the order of
    /// their numbers, all of them readable, the primary's among them. Nothing where they do not go
    /// together: the client is told so.
    fn merge(
        &mut self,
        _request: Predicting,
        _operation: &Bytes,
        _predictions: &[(ReplicaNumber, Bytes)],
    ) -> Option<Bytes> {
        None
    }

    /// A number that is equal for equal states, where the service can tell it.
    ///
    /// The simulator compares replicas by it. It may cost as much as a look at the whole state.
    fn digest(&self) -> Option<u64> {
        None
    }

    /// Whether it can answer without an operation in the log (§6.3): reads at the primary and at
    /// backups need it.
    fn reads(&self) -> bool {
        false
    }

    /// Says what is so, and changes nothing; nothing at all where the query is no read.
    ///
    /// At equal states all replicas say the same.
    fn read(&self, _query: &Bytes) -> Option<Bytes> {
        None
    }

    /// The whole state as it is now (§5.1), for services that can tell it: groups with checkpoints
    /// need it. Equal states must have equal trees, at every replica.
    ///
    /// Called between two operations; what it costs, the operations after it wait for. A
    /// [`PagedMap`](super::pages::PagedMap) makes it cost what has changed since the last time.
    fn checkpoint(&mut self) -> Option<Tree> {
        None
    }

    /// Takes over a state that [`Service::checkpoint`] told, here or at another replica; `false`,
    /// and nothing has changed, where the tree is none.
    fn restore(&mut self, _state: &Tree) -> bool {
        false
    }
}

/// What a service's operations need beside the state and themselves (§4.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Predicts {
    /// Nothing: they are deterministic.
    #[default]
    Nothing,
    /// A prediction, which the primary makes alone.
    Alone,
    /// A prediction, of the primary alone or merged of several.
    Merged,
}

/// For which request something is predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Predicting {
    /// Who asked.
    pub client: ClientId,
    /// The client's number for it.
    pub request_number: RequestNumber,
    /// The view whose primary is to give it its op-number.
    pub view: ViewNumber,
    /// What the host's clock shows.
    pub now: LocalTime,
}

/// Which request an up-call executes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Applied {
    /// Its place in the log.
    pub op_number: OpNumber,
    /// The view in which it got that place.
    pub view: ViewNumber,
    /// Who asked.
    pub client: ClientId,
    /// The client's number for it.
    pub request_number: RequestNumber,
}

/// A service with operations and replies of its own types; [`Typed`] makes a [`Service`] of it.
pub trait TypedService {
    /// What can be asked.
    type Operation: Serialize + DeserializeOwned;
    /// What is answered.
    type Reply: Serialize + DeserializeOwned;

    /// Executes one operation.
    fn apply(&mut self, operation: Self::Operation) -> Self::Reply;

    /// As [`Service::apply_predicted`].
    fn apply_predicted(&mut self, operation: Self::Operation, _prediction: &Bytes) -> Self::Reply {
        self.apply(operation)
    }

    /// As [`Service::predicts`].
    fn predicts(&self) -> Predicts {
        Predicts::Nothing
    }

    /// As [`Service::predict`].
    fn predict(&mut self, _request: Predicting, _operation: &Self::Operation) -> Bytes {
        Bytes::new()
    }

    /// As [`Service::can_merge`].
    fn can_merge(&self, _prediction: &Bytes) -> bool {
        true
    }

    /// As [`Service::merge`].
    fn merge(
        &mut self,
        _operation: &Self::Operation,
        _predictions: &[(ReplicaNumber, Bytes)],
    ) -> Option<Bytes> {
        None
    }

    /// A number that is equal for equal states, where the service can tell it.
    fn digest(&self) -> Option<u64> {
        None
    }

    /// As [`Service::reads`].
    fn reads(&self) -> bool {
        false
    }

    /// As [`Service::read`]: what an operation would answer that changes nothing; nothing where it
    /// would change something.
    fn read(&self, _operation: &Self::Operation) -> Option<Self::Reply> {
        None
    }

    /// As [`Service::checkpoint`].
    fn checkpoint(&mut self) -> Option<Tree> {
        None
    }

    /// As [`Service::restore`].
    fn restore(&mut self, _state: &Tree) -> bool {
        false
    }
}

/// How typed operations and replies become bytes.
pub trait Codec {
    /// The bytes of a value. A value that can't be encoded is a bug of its type.
    ///
    /// # Panics
    /// When the type's `Serialize` fails.
    fn encode<T: Serialize>(value: &T) -> Bytes;

    /// The value of the bytes, or nothing where they are none.
    fn decode<T: DeserializeOwned>(bytes: &[u8]) -> Option<T>;
}

/// Makes a [`Service`] of a [`TypedService`] by a [`Codec`].
///
/// Bytes that are no operation are answered by no bytes, at every replica alike: they came from
/// a client, and a client must not be able to stop a group.
#[derive(Clone, Debug, Default)]
pub struct Typed<T, C> {
    service: T,
    codec: PhantomData<C>,
}

impl<T, C> Typed<T, C> {
    /// The adapter around a service.
    pub const fn new(service: T) -> Self {
        Self { service, codec: PhantomData }
    }

    /// The service inside.
    pub const fn service(&self) -> &T {
        &self.service
    }
}

impl<T: TypedService, C: Codec> Service for Typed<T, C> {
    fn apply(&mut self, _request: Applied, operation: &Bytes) -> Bytes {
        match C::decode(operation) {
            Some(operation) => C::encode(&self.service.apply(operation)),
            None => Bytes::new(),
        }
    }

    fn apply_predicted(
        &mut self,
        _request: Applied,
        operation: &Bytes,
        prediction: &Bytes,
    ) -> Bytes {
        match C::decode(operation) {
            Some(operation) => C::encode(&self.service.apply_predicted(operation, prediction)),
            None => Bytes::new(),
        }
    }

    fn predicts(&self) -> Predicts {
        self.service.predicts()
    }

    /// What is no operation needs nothing.
    fn predict(&mut self, request: Predicting, operation: &Bytes) -> Bytes {
        C::decode(operation)
            .map_or_else(Bytes::new, |operation| self.service.predict(request, &operation))
    }

    fn can_merge(&self, operation: &Bytes, prediction: &Bytes) -> bool {
        match C::decode::<T::Operation>(operation) {
            Some(_) => self.service.can_merge(prediction),
            None => prediction.is_empty(),
        }
    }

    fn merge(
        &mut self,
        _request: Predicting,
        operation: &Bytes,
        predictions: &[(ReplicaNumber, Bytes)],
    ) -> Option<Bytes> {
        match C::decode(operation) {
            Some(operation) => self.service.merge(&operation, predictions),
            None => Some(Bytes::new()),
        }
    }

    fn digest(&self) -> Option<u64> {
        self.service.digest()
    }

    fn reads(&self) -> bool {
        self.service.reads()
    }

    fn read(&self, query: &Bytes) -> Option<Bytes> {
        let reply = self.service.read(&C::decode(query)?)?;
        Some(C::encode(&reply))
    }

    fn checkpoint(&mut self) -> Option<Tree> {
        self.service.checkpoint()
    }

    fn restore(&mut self, state: &Tree) -> bool {
        self.service.restore(state)
    }
}
