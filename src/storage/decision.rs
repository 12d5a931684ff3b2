//! What a combination of damage means, and what is done: two tables, and nothing else decides.

/// What was found of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Batch {
    /// It is whole, and where it belongs.
    Whole,
    /// It is whole, and somewhere else: its write was misdirected.
    Elsewhere,
    /// There is nothing in its place: it was never written, or the write was lost.
    Nothing,
    /// There is something in its place that is no batch: torn, rotten, overwritten, unreadable.
    Damaged,
    /// There is an earlier batch in its place: the write was lost.
    Stale,
}

/// What is done about a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It is taken.
    Take,
    /// The journal ends before it.
    End,
    /// It was being written when the crash came, and nothing was promised by it. It is left out.
    LeaveOut,
    /// It was durable, and may have been promised. The replica knows that it lacks it.
    Lacking,
}

/// Decides about a batch: whether a superblock says that it was durable, and whether a later batch
/// is there, which would not have been written before this one was durable.
#[must_use]
pub const fn decide(found: Batch, is_sealed: bool, is_followed: bool) -> Decision {
    match (found, is_sealed || is_followed) {
        (Batch::Whole | Batch::Elsewhere, _) => Decision::Take,
        (Batch::Nothing | Batch::Damaged | Batch::Stale, true) => Decision::Lacking,
        (Batch::Nothing, false) => Decision::End,
        (Batch::Damaged | Batch::Stale, false) => Decision::LeaveOut,
    }
}

/// What was found of a copy of the superblock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Copy {
    /// It is whole: the how-manieth it is.
    Whole(u64),
    /// It is no superblock.
    Damaged,
    /// It was never written.
    #[default]
    Nothing,
}

/// What is done about the superblock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Superblock {
    /// The replica has never begun: it starts as a member of a new group.
    Fresh,
    /// That one is used.
    Use(u64),
    /// What must never be lost is lost. The replica does not go on with its files.
    Lost,
}

/// Decides about the superblock: its copies stand in two pairs, the first superblock in the second
/// pair. Before it is durable nothing else is written, so where there is something in the other
/// files there was a superblock.
#[must_use]
pub fn decide_superblock(pairs: [[Copy; 2]; 2], has_others: bool) -> Superblock {
    let number = |copy: &Copy| match copy {
        Copy::Whole(number) => Some(*number),
        Copy::Damaged | Copy::Nothing => None,
    };
    if let Some(latest) = pairs.iter().flatten().filter_map(number).max() {
        return Superblock::Use(latest);
    }
    let was_first = pairs[0] == [Copy::Nothing; 2];
    if was_first && !has_others { Superblock::Fresh } else { Superblock::Lost }
}

#[cfg(test)]
mod tests {
    use super::{Batch, Copy, decide, decide_superblock};
    use core::fmt::Write;

    /// Every combination, as text that a person reads.
    #[test]
    fn every_combination_of_a_batch_is_decided() {
        let mut table = String::new();
        for found in [Batch::Whole, Batch::Elsewhere, Batch::Nothing, Batch::Damaged, Batch::Stale]
        {
            write!(table, "{:<10}", format!("{found:?}")).expect("text");
            for (is_sealed, is_followed) in
                [(false, false), (false, true), (true, false), (true, true)]
            {
                let decision = format!("{:?}", decide(found, is_sealed, is_followed));
                write!(table, "| {decision:<9}").expect("text");
            }
            table.push('\n');
        }
        assert_eq!(table, BATCHES);
    }

    /// Columns: neither sealed nor followed, followed, sealed, both.
    const BATCHES: &str = "\
Whole     | Take     | Take     | Take     | Take     
Elsewhere | Take     | Take     | Take     | Take     
Nothing   | End      | Lacking  | Lacking  | Lacking  
Damaged   | LeaveOut | Lacking  | Lacking  | Lacking  
Stale     | LeaveOut | Lacking  | Lacking  | Lacking  
";

    /// All 162 combinations, by what they come to.
    #[test]
    fn every_combination_of_superblocks_is_decided() {
        let (first, second) = (
            [Copy::Whole(4), Copy::Damaged, Copy::Nothing],
            [Copy::Whole(3), Copy::Damaged, Copy::Nothing],
        );
        let mut table = String::new();
        for pair in [
            [first[0], first[0]],
            [first[0], first[1]],
            [first[0], first[2]],
            [first[1], first[0]],
            [first[1], first[1]],
            [first[1], first[2]],
            [first[2], first[0]],
            [first[2], first[1]],
            [first[2], first[2]],
        ] {
            for has_others in [false, true] {
                for a in second {
                    for b in second {
                        let decided = decide_superblock([pair, [a, b]], has_others);
                        table.push(match decided {
                            super::Superblock::Fresh => 'f',
                            super::Superblock::Use(4) => '4',
                            super::Superblock::Use(_) => '3',
                            super::Superblock::Lost => '-',
                        });
                    }
                }
                table.push(if has_others { '\n' } else { ' ' });
            }
        }
        assert_eq!(table, SUPERBLOCKS);
    }

    /// Rows: the first pair, each copy whole, damaged or never written. Columns: the second pair
    /// in the same order, with nothing in the other files and with something.
    const SUPERBLOCKS: &str = "\
444444444 444444444
444444444 444444444
444444444 444444444
444444444 444444444
3333--3-- 3333--3--
3333--3-- 3333--3--
444444444 444444444
3333--3-- 3333--3--
3333ff3ff 3333--3--
";
}
