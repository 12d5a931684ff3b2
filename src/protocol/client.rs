//! The client proxy: registers, numbers requests, finds the primary, asks again until it is
//! answered (§4).

use super::configuration::Configuration;
use super::log::EntryKind;
use super::message::{
    Answer, Freshness, Message, NewEpoch, Read, Refusal, RefusalReason, Register, Registered,
    Reply, Request,
};
use super::numbers::{ClientId, EpochNumber, OpNumber, ReplicaNumber, RequestNumber, ViewNumber};
use bytes::Bytes;
use core::time::Duration;

/// One client's side of the protocol, sans-I/O: it has one request outstanding at a time. Who
/// wants several takes several ids, one proxy each.
///
/// A client that restarts takes a new [`ClientId`], and so does one that the group has forgotten
/// ([`ClientProxy::renew`]).
/// Deviation (client-ids): §4.5 lets it learn its latest request-number and add two, which a
/// client that crashes twice in a row can be misled by.
#[derive(Clone, Debug, Hash)]
pub struct ClientProxy {
    id: ClientId,
    configuration: Configuration,
    epoch: EpochNumber,
    /// The latest view heard of, from replicas that were normal in it.
    view: ViewNumber,
    /// What was committed when it registered; nothing before it has.
    born: Option<OpNumber>,
    request_number: RequestNumber,
    outstanding: Option<Outstanding>,
    /// The last operation of which it has seen something: it sees nothing earlier (§6.3.2).
    seen: OpNumber,
    retry_after: Duration,
}

/// What a client waits for.
#[derive(Clone, Debug, Hash)]
enum Outstanding {
    /// An operation, through the log; the service's or the group's.
    Operation(EntryKind, Bytes),
    /// A read, without it.
    Read(Bytes, Freshness),
}

/// What the host has to do for a client.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum ClientOutput {
    /// Send to the replica believed to be the primary.
    Send(ReplicaNumber, Message),
    /// Send to every member of [`ClientProxy::configuration`].
    Broadcast(Message),
    /// Call [`ClientProxy::on_retry_timer`] after that long, unless it is set again before.
    SetRetryTimer(Duration),
    /// The request is answered; it was executed as that operation.
    Done(Bytes, OpNumber),
    /// The read is answered.
    Read(Answer),
    /// The group refuses the request for good. Whether it was executed is not known: an
    /// earlier copy of it may have been taken.
    Refused(RefusalReason),
}

/// A request is outstanding already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct RequestOutstanding;

impl ClientProxy {
    /// A client of that id, which nobody may have used before: it registers before it asks.
    #[must_use]
    pub const fn new(id: ClientId, configuration: Configuration, retry_after: Duration) -> Self {
        Self {
            id,
            configuration,
            epoch: EpochNumber(0),
            view: ViewNumber(0),
            born: None,
            request_number: RequestNumber(0),
            outstanding: None,
            seen: OpNumber(0),
            retry_after,
        }
    }

    /// A client that is there from the beginning of its group, of an id that nobody may have used
    /// before: it need not register, as long as the group has not forgotten anybody.
    #[must_use]
    pub const fn founding(
        id: ClientId,
        configuration: Configuration,
        retry_after: Duration,
    ) -> Self {
        let mut proxy = Self::new(id, configuration, retry_after);
        proxy.born = Some(OpNumber(0));
        proxy
    }

    /// Goes on under another id, which nobody may have used before, after the group has forgotten
    /// this one. What was outstanding is so no more.
    pub fn renew(&mut self, id: ClientId) {
        self.id = id;
        self.born = None;
        self.request_number = RequestNumber(0);
        self.outstanding = None;
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
        let primary = self.configuration.primary(self.view);
        self.begin(Outstanding::Operation(EntryKind::Operation, operation), primary, out)
    }

    /// ⟨RECONFIGURATION e, c, s, new⟩: asks for another group (§7.1), as its administrator, and
    /// returns the number that the request got. It is answered when the new epoch is sure to begin;
    /// [`ClientProxy::check_epoch`] tells when it has begun.
    ///
    /// # Errors
    /// When the request before it is not answered yet.
    pub fn reconfigure(
        &mut self,
        members: &[ReplicaNumber],
        out: &mut Vec<ClientOutput>,
    ) -> Result<RequestNumber, RequestOutstanding> {
        let members: Vec<u8> = members.iter().map(|member| member.0).collect();
        let primary = self.configuration.primary(self.view);
        let asked = Outstanding::Operation(EntryKind::Reconfiguration, members.into());
        self.begin(asked, primary, out)
    }

    /// ⟨CHECKEPOCH e, c, s⟩: asks for nothing (§7.3). Once it is answered in a later epoch, a
    /// quorum of that epoch's group is at work, and who was replaced may be switched off.
    ///
    /// # Errors
    /// When the request before it is not answered yet.
    pub fn check_epoch(
        &mut self,
        out: &mut Vec<ClientOutput>,
    ) -> Result<RequestNumber, RequestOutstanding> {
        let primary = self.configuration.primary(self.view);
        self.begin(Outstanding::Operation(EntryKind::CheckEpoch, Bytes::new()), primary, out)
    }

    /// Asks the primary what is so, beside the log (§6.3.1), and returns the number that the read
    /// got. The answer knows of all that was answered to anybody before.
    ///
    /// # Errors
    /// When the request before it is not answered yet.
    pub fn read_latest(
        &mut self,
        query: Bytes,
        out: &mut Vec<ClientOutput>,
    ) -> Result<RequestNumber, RequestOutstanding> {
        let primary = self.configuration.primary(self.view);
        self.begin(Outstanding::Read(query, Freshness::Latest), primary, out)
    }

    /// Asks one replica what is so, as far as it knows (§6.3.2), and returns the number that the
    /// read got. The answer knows of all that this client has seen, and may be old otherwise. When
    /// the replica does not answer, or is not so far, any other may.
    ///
    /// # Errors
    /// When the request before it is not answered yet.
    pub fn read_at(
        &mut self,
        replica: ReplicaNumber,
        query: Bytes,
        out: &mut Vec<ClientOutput>,
    ) -> Result<RequestNumber, RequestOutstanding> {
        let freshness = Freshness::Behind(self.seen);
        self.begin(Outstanding::Read(query, freshness), replica, out)
    }

    fn begin(
        &mut self,
        outstanding: Outstanding,
        to: ReplicaNumber,
        out: &mut Vec<ClientOutput>,
    ) -> Result<RequestNumber, RequestOutstanding> {
        if self.outstanding.is_some() {
            return Err(RequestOutstanding);
        }
        self.request_number = self.request_number.next();
        out.push(ClientOutput::Send(to, self.message(outstanding.clone())));
        out.push(ClientOutput::SetRetryTimer(self.retry_after));
        self.outstanding = Some(outstanding);
        Ok(self.request_number)
    }

    /// Takes a message from a replica; what is not the answer to the outstanding request is
    /// nobody's business any more.
    pub fn on_message(&mut self, message: &Message, out: &mut Vec<ClientOutput>) {
        match message {
            Message::Registered(registered) => self.on_registered(*registered, out),
            Message::Reply(reply) => self.on_reply(reply, out),
            Message::Refusal(refusal) => self.on_refusal(refusal, out),
            Message::Answer(answer) => self.on_answer(answer, out),
            Message::NewEpoch(told) => self.on_new_epoch(*told, out),
            Message::Register(_) | Message::Request(_) | Message::Read(_) | Message::Peer(..) => {}
        }
    }

    /// Asks everybody: the primary may have changed (§4.1).
    pub fn on_retry_timer(&mut self, out: &mut Vec<ClientOutput>) {
        if let Some(outstanding) = self.outstanding.clone() {
            out.push(ClientOutput::Broadcast(self.message(outstanding)));
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

    /// The group, as far as it knows: whom a broadcast goes to.
    #[must_use]
    pub const fn configuration(&self) -> Configuration {
        self.configuration
    }

    /// The epoch that it believes in.
    #[must_use]
    pub const fn epoch(&self) -> EpochNumber {
        self.epoch
    }

    fn on_registered(&mut self, registered: Registered, out: &mut Vec<ClientOutput>) {
        if registered.client != self.id || self.born.is_some() {
            return;
        }
        self.note_view(registered.view);
        self.born = Some(registered.born);
        if let Some(outstanding) = self.outstanding.clone() {
            let primary = self.configuration.primary(self.view);
            out.push(ClientOutput::Send(primary, self.message(outstanding)));
            out.push(ClientOutput::SetRetryTimer(self.retry_after));
        }
    }

    fn on_reply(&mut self, reply: &Reply, out: &mut Vec<ClientOutput>) {
        if reply.client != self.id {
            return;
        }
        self.note_view(reply.view);
        if reply.request_number == self.request_number
            && matches!(self.outstanding, Some(Outstanding::Operation(..)))
        {
            self.outstanding = None;
            self.seen = self.seen.max(reply.op_number);
            out.push(ClientOutput::Done(reply.result.clone(), reply.op_number));
        }
    }

    fn on_answer(&mut self, answer: &Answer, out: &mut Vec<ClientOutput>) {
        if answer.client != self.id || answer.request_number != self.request_number {
            return;
        }
        self.note_view(answer.view);
        if matches!(self.outstanding, Some(Outstanding::Read(..))) {
            self.outstanding = None;
            self.seen = self.seen.max(answer.op_number);
            out.push(ClientOutput::Read(answer.clone()));
        }
    }

    /// The group has changed: it asks the members of the later epoch from now on (§7.1).
    fn on_new_epoch(&mut self, told: NewEpoch, out: &mut Vec<ClientOutput>) {
        let epoch = told.view.epoch();
        if epoch <= self.epoch {
            return;
        }
        (self.epoch, self.view, self.configuration) = (epoch, told.view, told.configuration);
        if let Some(outstanding) = self.outstanding.clone() {
            let primary = self.configuration.primary(self.view);
            out.push(ClientOutput::Send(primary, self.message(outstanding)));
            out.push(ClientOutput::SetRetryTimer(self.retry_after));
        }
    }

    /// A view that a replica spoke in, of the epoch that the client knows: of a later one it does
    /// not know the members yet.
    fn note_view(&mut self, view: ViewNumber) {
        if view.epoch() == self.epoch {
            self.view = self.view.max(view);
        }
    }

    fn on_refusal(&mut self, refusal: &Refusal, out: &mut Vec<ClientOutput>) {
        if refusal.client != self.id || refusal.request_number != self.request_number {
            return;
        }
        self.note_view(refusal.view);
        // Where it may be otherwise later, the retry timer asks again.
        if refusal.reason.is_final() && self.outstanding.take().is_some() {
            out.push(ClientOutput::Refused(refusal.reason));
        }
    }

    /// What is to be sent for what it waits for, or what has to come before that.
    fn message(&self, outstanding: Outstanding) -> Message {
        let (epoch, client, request_number) = (self.epoch, self.id, self.request_number);
        match (outstanding, self.born) {
            (Outstanding::Operation(kind, operation), Some(born)) => {
                Message::Request(Request { epoch, client, request_number, born, kind, operation })
            }
            (Outstanding::Operation(..), None) => Message::Register(Register { epoch, client }),
            (Outstanding::Read(query, freshness), _) => {
                Message::Read(Read { epoch, client, request_number, freshness, query })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{ClientOutput, ClientProxy, OpNumber, RequestOutstanding};
    use crate::protocol::configuration::Configuration;
    use crate::protocol::message::{Message, MessageKind, Registered, Reply};
    use crate::protocol::numbers::{
        ClientId, EpochNumber, ReplicaNumber, RequestNumber, ViewNumber,
    };
    use bytes::Bytes;
    use core::time::Duration;

    fn proxy() -> ClientProxy {
        let group = Configuration::new(3).expect("3 replicas are a group");
        ClientProxy::founding(ClientId::from_number(7), group, Duration::from_millis(50))
    }

    fn reply(client: u32, request_number: u64, view: u64) -> Message {
        Message::Reply(Reply {
            epoch: EpochNumber(0),
            view: ViewNumber(view),
            client: ClientId::from_number(client),
            request_number: RequestNumber(request_number),
            op_number: OpNumber(request_number),
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
        assert_eq!(out, [ClientOutput::Done(Bytes::from_static(b"x"), OpNumber(1))]);
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

    #[test]
    fn a_client_that_was_not_there_from_the_beginning_registers_first() {
        let mut proxy = proxy();
        proxy.renew(ClientId::from_number(8));
        let mut out = Vec::new();
        proxy.submit(Bytes::new(), &mut out).expect("nothing is outstanding");
        let sent = |out: &[ClientOutput]| {
            let (ClientOutput::Send(_, message) | ClientOutput::Broadcast(message)) = &out[0]
            else {
                panic!("{:?}", out[0]);
            };
            message.clone()
        };
        assert_eq!(sent(&out).kind(), MessageKind::Register);
        out.clear();
        proxy.on_retry_timer(&mut out);
        assert_eq!(sent(&out).kind(), MessageKind::Register);
        out.clear();
        let registered = |client, born| {
            Message::Registered(Registered {
                epoch: EpochNumber(0),
                view: ViewNumber(0),
                client: ClientId::from_number(client),
                born: OpNumber(born),
            })
        };
        proxy.on_message(&registered(7, 3), &mut out);
        assert_eq!(out, []);
        proxy.on_message(&registered(8, 5), &mut out);
        proxy.on_message(&registered(8, 6), &mut out);
        let Message::Request(request) = sent(&out) else { panic!("it may ask now") };
        assert_eq!((request.born, request.request_number), (OpNumber(5), RequestNumber(1)));
    }
}
