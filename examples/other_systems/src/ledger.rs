//! What is replicated, for crates that replicate a log and leave the rest to their users.

use crate::client::{Answer, Ask, ClientName};
use std::collections::BTreeMap;
use vsr::sim::random::{derive, mix};

/// A number, and what each client was answered last, so that nothing is executed twice.
#[derive(Default)]
pub(crate) struct Ledger {
    total: u64,
    answered: BTreeMap<ClientName, Answer>,
    executed: Vec<u64>,
}

impl Ledger {
    /// Executes what the log has next; of copies the first.
    pub(crate) fn execute(&mut self, ask: Ask) -> Option<Answer> {
        if let Some(&last) = self.answered.get(&ask.client)
            && ask.number <= last.number
        {
            return self.answered(ask);
        }
        self.total += ask.amount;
        let answer = Answer { number: ask.number, total: self.total };
        self.answered.insert(ask.client, answer);
        let before = self.executed.last().copied().unwrap_or_default();
        let words = [ask.client.number(), ask.number, ask.amount];
        self.executed.push(words.into_iter().fold(before, |hash, word| derive(mix(hash), word)));
        Some(answer)
    }

    /// What came of an operation, if it is the client's last that was executed.
    pub(crate) fn answered(&self, ask: Ask) -> Option<Answer> {
        self.answered.get(&ask.client).copied().filter(|last| last.number == ask.number)
    }

    pub(crate) const fn total(&self) -> u64 {
        self.total
    }

    pub(crate) fn executed(&self) -> &[u64] {
        &self.executed
    }
}
