//! The client proxy: numbers requests, finds the primary, asks again until it is answered (§4).

use super::configuration::Configuration;
use super::message::{Message, Refusal, RefusalReason, Reply, Request};
use super::numbers::{ClientId, EpochNumber, ReplicaNumber, RequestNumber, ViewNumber};
use bytes::Bytes;
use core::time::Duration;

/// One client's side of the protocol, sans-I/O: it has one request outstanding at a time.
///
/// A client that restarts takes a new [`ClientId`].
/// Deviation (client-ids): §4.5 lets it learn its latest request-number and add two, which a
/// client that crashes twice in a row can be misled by.
#[derive(Clone, Debug)]
pub struct ClientProxy {
    id: ClientId,
    configuration: Configuration,
    epoch: EpochNumber,
    /// The latest view heard of, from replicas that were normal in it.
    view: ViewNumber,
    request_number: RequestNumber,
    outstanding: Option<Bytes>,
    retry_after: Duration,
}

/// What the host has to do for a client.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClientOutput {
    /// Send to the replica believed to be the primary.
    Send(ReplicaNumber, Message),
    /// Send to every replica.
    Broadcast(Message),
    /// Call [`ClientProxy::on_retry_timer`] after that long, unless it is set again before.
    SetRetryTimer(Duration),
    /// The request is answered.
    Done(Bytes),
    /// The group refuses the request for good. Whether it was executed is not known: an
    /// earlier copy of it may have been taken.
    Refused(RefusalReason),
}

/// A request is outstanding already.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestOutstanding;

impl ClientProxy {
    /// A client of that id, which nobody may have used before.
    #[must_use]
    pub const fn new(id: ClientId, configuration: Configuration, retry_after: Duration) -> Self {
        Self {
            id,
            configuration,
            epoch: EpochNumber(0),
            view: ViewNumber(0),
            request_number: RequestNumber(0),
            outstanding: None,
            retry_after,
        }
    }

    /// Asks for an operation and returns the number that the request got.
    ///
    /// # Errors
    /// When the request before it is not answered yet.
    pub fn submit(
        &mut self,
        operation: Bytes,
        out: &mut Vec<ClientOutput>,
    ) -> Result<RequestNumber, RequestOutstanding> {
        if self.outstanding.is_some() {
            return Err(RequestOutstanding);
        }
        self.request_number = self.request_number.next();
        self.outstanding = Some(operation.clone());
        let primary = self.configuration.primary(self.view);
        out.push(ClientOutput::Send(primary, self.request(operation)));
        out.push(ClientOutput::SetRetryTimer(self.retry_after));
        Ok(self.request_number)
    }

    /// Takes a message from a replica; what is not the answer to the outstanding request is
    /// nobody's business any more.
    pub fn on_message(&mut self, message: &Message, out: &mut Vec<ClientOutput>) {
        match message {
            Message::Reply(reply) => self.on_reply(reply, out),
            Message::Refusal(refusal) => self.on_refusal(refusal, out),
            Message::Request(_) | Message::Peer(..) => {}
        }
    }

    /// Asks everybody: the primary may have changed (§4.1).
    pub fn on_retry_timer(&mut self, out: &mut Vec<ClientOutput>) {
        if let Some(operation) = self.outstanding.clone() {
            out.push(ClientOutput::Broadcast(self.request(operation)));
            out.push(ClientOutput::SetRetryTimer(self.retry_after));
        }
    }

    /// The client's id.
    #[must_use]
    pub const fn id(&self) -> ClientId {
        self.id
    }

    /// The number of the latest request.
    #[must_use]
    pub const fn request_number(&self) -> RequestNumber {
        self.request_number
    }

    /// Whether a request waits for its answer.
    #[must_use]
    pub const fn is_waiting(&self) -> bool {
        self.outstanding.is_some()
    }

    fn on_reply(&mut self, reply: &Reply, out: &mut Vec<ClientOutput>) {
        if reply.client != self.id {
            return;
        }
        self.view = self.view.max(reply.view);
        if reply.request_number == self.request_number && self.outstanding.take().is_some() {
            out.push(ClientOutput::Done(reply.result.clone()));
        }
    }

    fn on_refusal(&mut self, refusal: &Refusal, out: &mut Vec<ClientOutput>) {
        if refusal.client != self.id || refusal.request_number != self.request_number {
            return;
        }
        self.view = self.view.max(refusal.view);
        match refusal.reason {
            // The retry timer asks again, when the queue is shorter.
            RefusalReason::Busy => {}
            RefusalReason::TableFull | RefusalReason::TooLarge => {
                if self.outstanding.take().is_some() {
                    out.push(ClientOutput::Refused(refusal.reason));
                }
            }
        }
    }

    fn request(&self, operation: Bytes) -> Message {
        Message::Request(Request {
            epoch: self.epoch,
            client: self.id,
            request_number: self.request_number,
            operation,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientOutput, ClientProxy, RequestOutstanding};
    use crate::protocol::configuration::Configuration;
    use crate::protocol::message::{Message, Reply};
    use crate::protocol::numbers::{
        ClientId, EpochNumber, ReplicaNumber, RequestNumber, ViewNumber,
    };
    use bytes::Bytes;
    use core::time::Duration;

    fn proxy() -> ClientProxy {
        let group = Configuration::new(3).expect("3 replicas are a group");
        ClientProxy::new(ClientId::from_number(7), group, Duration::from_millis(50))
    }

    fn reply(client: u32, request_number: u64, view: u64) -> Message {
        Message::Reply(Reply {
            epoch: EpochNumber(0),
            view: ViewNumber(view),
            client: ClientId::from_number(client),
            request_number: RequestNumber(request_number),
            result: Bytes::from_static(b"x"),
        })
    }

    #[test]
    fn a_client_takes_only_the_answer_to_its_outstanding_request() {
        let mut proxy = proxy();
        let mut out = Vec::new();
        assert_eq!(proxy.submit(Bytes::new(), &mut out), Ok(RequestNumber(1)));
        assert_eq!(proxy.submit(Bytes::new(), &mut out), Err(RequestOutstanding));
        out.clear();
        proxy.on_message(&reply(7, 2, 0), &mut out);
        proxy.on_message(&reply(8, 1, 0), &mut out);
        assert_eq!(out, []);
        proxy.on_message(&reply(7, 1, 0), &mut out);
        proxy.on_message(&reply(7, 1, 0), &mut out);
        assert_eq!(out, [ClientOutput::Done(Bytes::from_static(b"x"))]);
    }

    #[test]
    fn a_client_follows_the_view_that_answers_and_asks_everybody_when_nobody_does() {
        let mut proxy = proxy();
        let mut out = Vec::new();
        proxy.submit(Bytes::new(), &mut out).expect("nothing is outstanding");
        proxy.on_message(&reply(7, 1, 4), &mut out);
        out.clear();
        proxy.submit(Bytes::new(), &mut out).expect("the first is answered");
        assert!(matches!(out[0], ClientOutput::Send(ReplicaNumber(1), _)));
        out.clear();
        proxy.on_retry_timer(&mut out);
        assert!(matches!(out[0], ClientOutput::Broadcast(_)));
    }
}
