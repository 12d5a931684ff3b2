//! The few of many that are enough.

/// Leaves out as many of some things as can be while the rest `is_enough`, in ever smaller groups;
/// the last ones first. Those that are left are all needed: without any one of them it is not
/// enough.
pub(super) fn few(count: usize, mut is_enough: impl FnMut(&[usize]) -> bool) -> Vec<usize> {
    let mut kept: Vec<usize> = (0..count).collect();
    let mut group = count.div_ceil(2);
    while group > 0 {
        let mut is_less = false;
        let mut end = kept.len();
        while end > 0 {
            let start = end.saturating_sub(group);
            let without: Vec<usize> = kept[..start].iter().chain(&kept[end..]).copied().collect();
            if is_enough(&without) {
                kept = without;
                is_less = true;
            }
            end = start;
        }
        group = match group {
            // What was needed with others may not be needed without them.
            1 if is_less => 1,
            1 => 0,
            _ => group.div_ceil(2),
        };
    }
    kept
}

/// The same, where who changed something tells more than who looked: looks are left out first.
pub(super) fn few_reads(
    count: usize,
    is_read: impl Fn(usize) -> bool,
    mut is_enough: impl FnMut(&[usize]) -> bool,
) -> Vec<usize> {
    let (reads, updates): (Vec<usize>, Vec<usize>) = (0..count).partition(|&it| is_read(it));
    let both = |some: &[usize], of: &[usize], rest: &[usize]| {
        let mut both: Vec<usize> = some.iter().map(|&at| of[at]).chain(rest.to_vec()).collect();
        both.sort_unstable();
        both
    };
    let kept = few(reads.len(), |some| is_enough(&both(some, &reads, &updates)));
    let reads: Vec<usize> = kept.into_iter().map(|at| reads[at]).collect();
    let kept = few(updates.len(), |some| is_enough(&both(some, &updates, &reads)));
    both(&kept, &updates, &reads)
}

#[cfg(test)]
mod tests {
    use super::{few, few_reads};

    #[test]
    fn only_what_is_needed_is_left() {
        let is_enough = |kept: &[usize]| [3, 40, 41].iter().all(|wanted| kept.contains(wanted));
        assert_eq!(few(100, is_enough), [3, 40, 41]);
        assert_eq!(few(0, |_| true), [0; 0]);
        assert_eq!(few(5, |_| true), [0; 0]);
        // Two of whatever kind.
        assert_eq!(few(9, |kept| kept.len() >= 2).len(), 2);
    }

    #[test]
    fn a_look_is_left_out_where_a_change_is_as_good() {
        // Either of 0 and 1 will do, and 4 is needed.
        let is_enough =
            |kept: &[usize]| kept.contains(&4) && (kept.contains(&0) || kept.contains(&1));
        assert_eq!(few_reads(6, |it| it == 0, is_enough), [1, 4]);
        assert_eq!(few_reads(6, |it| it == 1, is_enough), [0, 4]);
    }
}
