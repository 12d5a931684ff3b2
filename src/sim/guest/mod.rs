//! Guests: systems of other people under the same kernel, faults, checker and shrinker.
//!
//! A guest says how its processes start and what its clients saw; all else is here. Its scenarios
//! are those of the replicas of this package, as far as they make sense for a system that nobody
//! here knows: the same text, drawn by the same seeds, shrunk in the same steps.

mod director;
mod draw;
mod hunt;
mod run;

pub use director::process_of;
pub use draw::{draw, refuses};
pub use hunt::{Found, hunt, reduce, try_scenario};
pub use run::{Outcome, Sight, run, run_recorded};

use super::kernel::Kernel;
use super::node::{Node, ProcessId, Wire};
use super::random::Stream;
use super::scenario::Workload;
use super::time::Span;
use crate::checker::Model;

/// A system of one's own.
pub trait Guest {
    /// Its processes: servers and clients.
    type Node: Node;
    /// What the service should look like to its clients.
    type Model: Model;

    /// The object that the clients believe they talk to.
    fn model(&self) -> Self::Model;

    /// How many servers it can have, the fewest first.
    fn servers(&self) -> &'static [u8] {
        &[3, 5]
    }

    /// Starts a process, in its first life or after a crash, which leaves what it was `before`: a
    /// server that has a disk takes from that what was on it, and nothing else.
    fn start(
        &self,
        place: &Place,
        before: Option<Self::Node>,
        wire: &mut Wire<MessageOf<Self>>,
    ) -> Self::Node;

    /// What a client has seen since this was asked last, in its order. A client asks one thing at a
    /// time.
    fn take_seen(&self, client: &mut Self::Node) -> Vec<SeenOf<Self>>;

    /// Whether a server has back what a crash has cost it. Until then it counts as failed: more
    /// than a minority never are at once.
    fn has_recovered(&self, _server: &Self::Node) -> bool {
        true
    }

    /// Whether the servers can be as they are, looked at after each step of one.
    ///
    /// # Errors
    /// With what is wrong.
    fn judge(&self, _servers: &Servers<'_, Self::Node>) -> Result<(), String> {
        Ok(())
    }

    /// What there is to know of a server, for people who look at a recorded run: a name and a value
    /// for each thing, always the same names.
    fn show(&self, _server: &Self::Node) -> Vec<(&'static str, String)> {
        Vec::new()
    }

    /// Whether the servers have come together, some time after everything was healed.
    fn is_settled(&self, _servers: &Servers<'_, Self::Node>) -> bool {
        true
    }
}

/// What the processes of a guest send each other.
pub type MessageOf<G> = <<G as Guest>::Node as Node>::Message;

/// What the clients of a guest ask.
pub type InputOf<G> = <<G as Guest>::Model as Model>::Input;

/// What the clients of a guest are answered.
pub type OutputOf<G> = <<G as Guest>::Model as Model>::Output;

/// What a client of a guest sees.
pub type SeenOf<G> = Seen<InputOf<G>, OutputOf<G>>;

/// What a client sees.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen<I, O> {
    /// It asks for something.
    Asked(I),
    /// It is answered what it asked for last.
    Answered(O),
}

/// Which process it is that starts.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Its number; the servers come first.
    pub process: ProcessId,
    /// How many servers there are.
    pub servers: u16,
    /// How often it has crashed.
    pub life: u32,
    /// How many operations it has still to ask for, if it is a client: neither more nor fewer.
    pub operations: u32,
    /// What clients do in between, and after how long they ask again.
    pub workload: Workload,
    /// From this it may draw: it decides with everything else.
    pub seed: u64,
}

impl Place {
    /// Whether it is a client.
    #[must_use]
    pub const fn is_client(&self) -> bool {
        self.process.0 >= self.servers
    }

    /// How long a client thinks before it asks for the next thing.
    #[must_use]
    pub fn pause(&self, stream: &mut Stream) -> Span {
        let Workload { think_min, think_mean, .. } = self.workload;
        Span(stream.exponential(think_min.0, think_mean.0, think_mean.0.saturating_mul(20)))
    }
}

/// The servers of a run, as they are now.
pub struct Servers<'kernel, N: Node> {
    kernel: &'kernel Kernel<N>,
    count: u16,
}

impl<'kernel, N: Node> Servers<'kernel, N> {
    /// Those that are up, by their numbers.
    pub fn up(&self) -> impl Iterator<Item = (ProcessId, &'kernel N)> + use<'kernel, N> {
        let kernel = self.kernel;
        (0..self.count).map(ProcessId).filter_map(|id| kernel.node(id).map(|node| (id, node)))
    }

    /// Whether all of them are up.
    #[must_use]
    pub fn are_all_up(&self) -> bool {
        self.up().count() == usize::from(self.count)
    }
}
