//! Whom a fault strikes, as it is when it does.

use super::Director;
use crate::sim::kernel::Kernel;
use crate::sim::member::Member;
use crate::sim::node::ProcessId;
use crate::sim::scenario::Target;

impl Director {
    pub(super) fn resolve_all(
        &self,
        kernel: &Kernel<Member>,
        targets: &[Target],
    ) -> Vec<ProcessId> {
        targets.iter().filter_map(|&target| self.resolve(kernel, target)).collect()
    }

    /// The process that a target is now; none when nobody leads, or no backup is up.
    pub(super) fn resolve(&self, kernel: &Kernel<Member>, target: Target) -> Option<ProcessId> {
        match target {
            Target::Replica(_) | Target::Client(_) | Target::Administrator => self.process(target),
            Target::Primary => self.primary(kernel),
            Target::Backup => {
                let replicas = u16::from(self.replicas);
                let primary = self.primary(kernel)?.0;
                (1..replicas)
                    .map(|step| ProcessId((primary + step) % replicas))
                    .find(|&id| self.takes_part(kernel, id))
            }
        }
    }

    fn takes_part(&self, kernel: &Kernel<Member>, id: ProcessId) -> bool {
        match kernel.node(id) {
            Some(Member::Replica(host)) => {
                let number = host.replica.number();
                host.replica.configuration().contains(number)
            }
            Some(Member::Client(_)) | None => false,
        }
    }

    pub(super) fn resolve_down(
        &self,
        kernel: &Kernel<Member>,
        target: Target,
    ) -> Option<ProcessId> {
        let id = self.resolve(kernel, target)?;
        kernel.node(id).is_none().then_some(id)
    }

    pub(super) fn process(&self, target: Target) -> Option<ProcessId> {
        match target {
            Target::Replica(number) => Some(ProcessId(u16::from(number))),
            Target::Client(number) => Some(ProcessId(u16::from(self.replicas) + number)),
            Target::Administrator => self.administrator(),
            Target::Primary | Target::Backup => None,
        }
    }

    /// The last of all, where there is one.
    pub(super) fn administrator(&self) -> Option<ProcessId> {
        let id = ProcessId(u16::from(self.replicas) + self.clients);
        self.has_administrator.then_some(id)
    }

    /// The replica that leads the latest view that has started.
    pub(super) fn primary(&self, kernel: &Kernel<Member>) -> Option<ProcessId> {
        let leads = |id: &ProcessId| match kernel.node(*id) {
            Some(Member::Replica(host)) if host.replica.is_primary() => Some(host.replica.view()),
            Some(Member::Replica(_) | Member::Client(_)) | None => None,
        };
        (0..u16::from(self.replicas))
            .map(ProcessId)
            .filter_map(|id| leads(&id).map(|view| (view, id)))
            .max_by_key(|&(view, _)| view)
            .map(|(_, id)| id)
    }
}
