//! The histories.

use crate::histories::{Generated, Object, Plan};

/// A history to be judged.
pub(crate) struct Job {
    pub(crate) name: &'static str,
    plan: Plan,
    is_stale: bool,
}

impl Job {
    /// How many operations it has.
    pub(crate) fn operations(&self) -> usize {
        self.plan.operations
    }

    /// The right verdict.
    pub(crate) fn is_linearizable(&self) -> bool {
        !self.is_stale
    }

    pub(crate) fn generate(&self) -> Generated {
        let good = self.plan.generate(Object::Registers);
        if self.is_stale { good.with_a_stale_read() } else { good }
    }
}

/// All of them, the easy ones first.
pub(crate) fn all() -> Vec<Job> {
    let register = |name, clients, operations, unknown_per_mille, is_stale| Job {
        name,
        plan: Plan { seed: 1, operations, clients, keys: 1, unknown_per_mille },
        is_stale,
    };
    let store = |name, operations, unknown_per_mille, is_stale| Job {
        name,
        plan: Plan { seed: 1, operations, clients: 10, keys: 100, unknown_per_mille },
        is_stale,
    };
    vec![
        register("register, 3 clients", 3, 100, 0, false),
        register("register, 3 clients", 3, 10_000, 0, false),
        register("register, 10 clients", 10, 10_000, 0, false),
        register("register, 10 clients, stale", 10, 10_000, 0, true),
        register("register, 10 clients, 1 % unknown, stale", 10, 1_000, 10, true),
        register("register, 50 clients", 50, 1_000, 0, false),
        register("register, 50 clients, 10 % unknown, stale", 50, 1_000, 100, true),
        register("register, 3 clients, long", 3, 1_000_000, 0, false),
        register("register, 50 clients, 10 % unknown, long", 50, 1_000_000, 100, false),
        store("store, 100 keys", 1_000_000, 0, false),
        store("store, 100 keys, 1 % unknown, stale", 1_000_000, 10, true),
    ]
}
