//! What an administrator has to see to (§7): the group is to change, and then to be at work.

use crate::protocol::log::EntryKind;
use crate::protocol::message::{Message, RefusalReason, Request};
use crate::protocol::{ClientId, EpochNumber, OpNumber, ReplicaNumber, RequestNumber};
use bytes::Bytes;
use std::collections::VecDeque;

/// What tells an administrator who the members are to be, a byte each. No client says that:
/// requests have a number, and come from somebody.
pub fn order_of(members: Bytes) -> Message {
    Message::Request(Request {
        epoch: EpochNumber(0),
        client: ClientId::from_number(0),
        request_number: RequestNumber(0),
        born: OpNumber(0),
        kind: EntryKind::Reconfiguration,
        operation: members,
    })
}

/// What the group is to become, one after the other.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Orders {
    /// The members of each group, a byte each.
    waiting: VecDeque<Bytes>,
    under_way: UnderWay,
}

/// How far the first of them is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
enum UnderWay {
    /// It was not asked for yet.
    #[default]
    Nothing,
    /// The group was asked to change.
    Change,
    /// Whether the new group is at work.
    Check,
}

/// What an administrator asks the group for.
#[derive(Clone, Debug, Hash)]
pub(super) enum Order {
    /// ⟨RECONFIGURATION⟩: these are to be its members.
    Change(Vec<ReplicaNumber>),
    /// ⟨CHECKEPOCH⟩: is it at work?
    Check,
}

impl Orders {
    /// One more comes, behind the others, if the message is one. A client's request that went
    /// astray is none.
    pub(super) fn take(&mut self, message: &Message) -> bool {
        if let Message::Request(order) = message
            && order.request_number == RequestNumber(0)
        {
            self.waiting.push_back(order.operation.clone());
            return true;
        }
        false
    }

    /// Whether nothing is left to be seen to.
    pub(super) fn are_done(&self) -> bool {
        self.waiting.is_empty() && self.under_way == UnderWay::Nothing
    }

    /// What is to be asked next.
    pub(super) fn next(&mut self) -> Option<Order> {
        if self.under_way == UnderWay::Check {
            return Some(Order::Check);
        }
        let members = self.waiting.front()?;
        self.under_way = UnderWay::Change;
        Some(Order::Change(members.iter().copied().map(ReplicaNumber).collect()))
    }

    /// What was asked has come to an end: refused, or done.
    pub(super) fn end(&mut self, refused: Option<RefusalReason>) {
        self.under_way = match (self.under_way, refused) {
            // What ended was no order.
            (UnderWay::Nothing, _) => UnderWay::Nothing,
            // Only once the one before it is at work another change can be.
            (UnderWay::Change, None) => UnderWay::Check,
            (UnderWay::Change, Some(RefusalReason::Reconfiguring | RefusalReason::Evicted)) => {
                UnderWay::Nothing
            }
            (UnderWay::Check, Some(_)) => UnderWay::Check,
            (UnderWay::Change, Some(_)) | (UnderWay::Check, None) => {
                self.waiting.pop_front();
                UnderWay::Nothing
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::{Orders, order_of};
    use crate::protocol::{
        ClientId, ClientOutput, ClientProxy, Configuration, Message, ReplicaNumber,
    };
    use bytes::Bytes;
    use core::time::Duration;

    /// What a client, or another administrator, sends.
    fn sent(ask: impl FnOnce(&mut ClientProxy, &mut Vec<ClientOutput>)) -> Message {
        let group = Configuration::new(3).expect("3 replicas are a group");
        let (id, retry) = (ClientId::from_number(7), Duration::from_millis(50));
        let mut proxy = ClientProxy::founding(id, group, retry);
        let mut out = Vec::new();
        ask(&mut proxy, &mut out);
        let mut messages = out.into_iter().filter_map(|output| match output {
            ClientOutput::Send(_, message) | ClientOutput::Broadcast(message) => Some(message),
            ClientOutput::SetRetryTimer(_)
            | ClientOutput::Done(..)
            | ClientOutput::Read(_)
            | ClientOutput::Refused(_) => None,
        });
        messages.next().expect("it asks")
    }

    #[test]
    fn a_request_that_went_astray_is_no_order() {
        let mut orders = Orders::default();
        let request = sent(|proxy, out| {
            proxy.submit(Bytes::from_static(&[0, 1, 2]), out).expect("nothing is asked yet");
        });
        assert!(!orders.take(&request));
        let request = sent(|proxy, out| {
            let members = [0, 1, 2].map(ReplicaNumber);
            proxy.reconfigure(&members, out).expect("nothing is asked yet");
        });
        assert!(!orders.take(&request));
        assert!(orders.are_done());
        assert!(orders.take(&order_of(Bytes::from_static(&[0, 1, 2]))));
        assert!(!orders.are_done());
    }
}
