//! What somebody wants of a scenario, whatever its seed or its file says.

use super::{Durability, Ratio, Reads, Sabotage, Scenario, Way, durability_name};
use core::fmt;

/// Other properties than those that a seed or a file gives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Variant {
    /// How a seed's scenario is chosen.
    pub way: Way,
    /// How hosts cheat, if they are to.
    pub sabotage: Option<Sabotage>,
    /// Whether replicas have disks, if that is to be different.
    pub durability: Option<Durability>,
    /// Clocks are further off than the group is told.
    pub beyond: bool,
}

impl Scenario {
    /// The scenario as somebody wants it.
    #[must_use]
    pub fn varied(mut self, variant: Variant) -> Self {
        let cluster = &mut self.cluster;
        cluster.sabotage = variant.sabotage.or(cluster.sabotage);
        cluster.durability = variant.durability().unwrap_or(cluster.durability);
        if variant.beyond {
            self.beyond = true;
            cluster.drift = cluster.drift.max(BEYOND);
            if let Reads::UnderLease(lease) = &mut cluster.reads {
                lease.drift = 0;
            }
        }
        self
    }
}

impl Variant {
    /// Whether replicas have disks, if that is to be different: some ways to cheat need them.
    pub(super) fn durability(self) -> Option<Durability> {
        self.durability.or_else(|| self.sabotage?.durability())
    }
}

impl From<Sabotage> for Variant {
    fn from(sabotage: Sabotage) -> Self {
        Self { sabotage: Some(sabotage), ..Self::default() }
    }
}

/// How far off clocks are where nobody has told the group.
const BEYOND: Ratio = Ratio::percent(40);

/// The words of a command line that ask for it, each behind a space.
impl fmt::Display for Variant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.way != Way::default() {
            write!(f, " --way {}", self.way)?;
        }
        if let Some(durability) = self.durability {
            write!(f, " --durability {}", durability_name(durability))?;
        }
        if self.beyond {
            f.write_str(" --beyond")?;
        }
        if let Some(sabotage) = self.sabotage {
            write!(f, " --sabotage {}", sabotage.word())?;
        }
        Ok(())
    }
}
