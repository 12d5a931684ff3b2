//! Clusters and chains as blocks, and which of them must come before which.

use super::{Cluster, FIRST, NONE, Need, Stop, Zones, number_of};
use crate::checker::index::position;

/// A cluster or a chain of them.
#[derive(Clone, Copy)]
pub(super) struct Block {
    first_return: u64,
    last_invoked: u64,
    /// The first cluster of it.
    root: u32,
}

impl Zones {
    /// All blocks, the one of what was held at first before all others.
    pub(super) fn blocks(&self, after: &[u32]) -> Result<Vec<Block>, Stop> {
        let mut blocks = Vec::with_capacity(self.clusters.len());
        let mut count = 0;
        for (number, cluster) in self.clusters.iter().enumerate() {
            if cluster.need == Need::No || cluster.before != NONE {
                continue;
            }
            let Cluster { first_return, last_invoked, .. } = *cluster;
            let mut block = Block { first_return, last_invoked, root: number_of(number) };
            count += 1;
            let mut own = after.get(number).copied().unwrap_or(NONE);
            while own != NONE {
                let cluster = &self.clusters[position(own)];
                if cluster.first_return < block.last_invoked {
                    // Something of it returned before something that it comes behind was invoked.
                    return Err(Stop::Clusters(chain_from(after, block.root)));
                }
                block.first_return = block.first_return.min(cluster.first_return);
                block.last_invoked = block.last_invoked.max(cluster.last_invoked);
                count += 1;
                own = after[position(own)];
            }
            blocks.push(block);
        }
        if count < self.clusters.iter().filter(|cluster| cluster.need != Need::No).count() {
            return Err(Stop::Clusters(self.circle(after)));
        }
        Ok(blocks)
    }

    /// Clusters that wait for each other.
    fn circle(&self, after: &[u32]) -> Vec<u32> {
        let mut is_chained = vec![false; self.clusters.len()];
        for (number, cluster) in self.clusters.iter().enumerate() {
            if cluster.before == NONE {
                for own in chain_from(after, number_of(number)) {
                    is_chained[position(own)] = true;
                }
            }
        }
        let is_open =
            |&number: &usize| self.clusters[number].need != Need::No && !is_chained[number];
        let first = (0..self.clusters.len()).find(is_open).map_or(FIRST, number_of);
        let mut circle = vec![first];
        let mut own = after[position(first)];
        while own != first && own != NONE {
            circle.push(own);
            own = after[position(own)];
        }
        circle
    }

    /// Whether no two blocks must each come before the other.
    pub(super) fn compare(&self, mut blocks: Vec<Block>) -> Result<(), Stop> {
        let clash = |one: &Block, other: &Block| {
            // The chains are made again: that is rare.
            let after = self.chain()?;
            let mut clusters = chain_from(&after, one.root);
            clusters.extend(chain_from(&after, other.root));
            Err(Stop::Clusters(clusters))
        };
        let first = blocks.swap_remove(0);
        if let Some(early) = blocks.iter().find(|block| block.first_return < first.last_invoked) {
            return clash(&first, early);
        }
        // Backward zones to the end, forward ones in their order.
        let is_forward = |block: &Block| block.first_return < block.last_invoked;
        let mut count = 0;
        for place in 0..blocks.len() {
            if is_forward(&blocks[place]) {
                blocks.swap(place, count);
                count += 1;
            }
        }
        let (forward, backward) = blocks.split_at_mut(count);
        if !forward.is_sorted_by_key(|block| block.first_return) {
            forward.sort_unstable_by_key(|block| block.first_return);
        }
        for pair in forward.windows(2) {
            if pair[1].first_return < pair[0].last_invoked {
                return clash(&pair[0], &pair[1]);
            }
        }
        for block in backward {
            let before = forward.partition_point(|other| other.first_return < block.last_invoked);
            if let Some(other) = before.checked_sub(1).map(|place| &forward[place])
                && other.last_invoked > block.first_return
            {
                return clash(other, block);
            }
        }
        Ok(())
    }
}

/// A cluster and all that are behind it.
fn chain_from(after: &[u32], root: u32) -> Vec<u32> {
    let mut chain = Vec::new();
    let mut own = root;
    while own != NONE {
        chain.push(own);
        own = after.get(position(own)).copied().unwrap_or(NONE);
    }
    chain
}
