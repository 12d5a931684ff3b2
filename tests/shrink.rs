//! Shrinking: what is left fails in the same way, is much less, and nothing can be left out of it.

use vsr::sim::sabotage::Sabotage;
use vsr::sim::scenario::{Heal, ServiceKind};
use vsr::sim::shrink::{Free, Judge, Shrunk, Signature, Stopped, cost, shrink};
use vsr::sim::{Scenario, run};

/// Tries candidates on a broken system, one after another.
struct Broken {
    signature: Signature,
    tries: u64,
    tries_max: u64,
}

impl Broken {
    fn fails(&self, scenario: &Scenario) -> bool {
        run(scenario).violation.is_some_and(|violation| Signature::of(&violation) == self.signature)
    }
}

impl Judge for Broken {
    fn first(&mut self, candidates: &[Scenario]) -> Result<Option<usize>, Stopped> {
        for (index, candidate) in candidates.iter().enumerate() {
            self.tries += 1;
            if self.tries > self.tries_max {
                return Err(Stopped);
            }
            if self.fails(candidate) {
                return Ok(Some(index));
            }
        }
        Ok(None)
    }
}

/// The first seed of the swarm with many faults under which a broken system fails.
fn failure(sabotage: Sabotage) -> (Scenario, Broken) {
    (0..2_000)
        .map(|seed| Scenario::of_seed(seed, sabotage.into()))
        .filter(|scenario| scenario.faults.len() >= 4)
        .find_map(|scenario| {
            let violation = run(&scenario).violation?;
            let signature = Signature::of(&violation);
            Some((scenario, Broken { signature, tries: 0, tries_max: u64::MAX }))
        })
        .expect("a broken system fails somewhere")
}

fn shrunk(sabotage: Sabotage) -> (Scenario, Shrunk, Broken) {
    let (scenario, mut broken) = failure(sabotage);
    let signature = broken.signature.clone();
    let shrunk = shrink(&scenario, &signature, &mut broken);
    (scenario, shrunk, broken)
}

#[test]
fn what_is_left_fails_in_the_same_way_and_is_small() {
    for sabotage in Sabotage::ALL {
        let (whole, shrunk, broken) = shrunk(sabotage);
        let small = &shrunk.scenario;
        assert!(shrunk.is_minimal);
        assert!(broken.fails(small), "{sabotage:?}: {}", small.brief());
        assert!(cost(small) * 2 < cost(&whole), "{sabotage:?}: {}", small.brief());
        let faults = small.faults.len() + small.messages.len();
        assert!(faults <= 6, "{sabotage:?}: {}", small.brief());
        assert!(small.workload.operations <= 8, "{sabotage:?}: {}", small.brief());
        let code = broken.signature.code.text();
        assert_eq!(small.expect.violation.as_deref(), Some(code));
        // The file says it all.
        assert_eq!(Scenario::parse(&small.brief()).as_ref(), Ok(small));
    }
}

#[test]
fn nothing_can_be_left_out_of_what_is_left() {
    for sabotage in Sabotage::ALL {
        let (_, shrunk, broken) = shrunk(sabotage);
        let small = shrunk.scenario;
        for index in 0..small.faults.len() {
            let mut less = small.clone();
            less.faults.remove(index);
            assert!(!broken.fails(&less), "{sabotage:?} without fault {index}: {}", small.brief());
        }
        let mut less = small.clone();
        less.workload.operations -= 1;
        assert!(less.workload.operations == 0 || !broken.fails(&less), "{sabotage:?}");
    }
}

#[test]
fn what_is_free_says_so_and_fails_with_other_values() {
    let mut parts = 0;
    for sabotage in Sabotage::ALL {
        let (_, shrunk, broken) = shrunk(sabotage);
        let text = shrunk.text();
        assert_eq!(Scenario::parse(&text).as_ref(), Ok(&shrunk.scenario), "{text}");
        for &free in &shrunk.free {
            parts += 1;
            let mut other = shrunk.scenario.clone();
            let line = match free {
                Free::Seed => {
                    other.seed = 103;
                    "seed = "
                }
                Free::Delays => {
                    for delay in [
                        &mut other.network.delay_min,
                        &mut other.network.delay_mean,
                        &mut other.network.delay_max,
                    ] {
                        delay.0 *= 2;
                    }
                    "delay = "
                }
                Free::Service => {
                    let another = |&kind: &ServiceKind| kind != other.cluster.service;
                    other.cluster.service = ServiceKind::ALL.into_iter().find(another).unwrap();
                    "service = "
                }
                Free::Lasting(index) => {
                    other.faults[index].heal = Heal::AtTheEnd;
                    "heal_after = "
                }
            };
            assert!(broken.fails(&other), "{sabotage:?} {free}: {text}");
            let marked = |text: &str| text.starts_with(line) && text.ends_with("# free");
            // What has its default value has no line.
            assert!(
                text.lines().any(marked) || !text.lines().any(|text| text.starts_with(line)),
                "{sabotage:?} {free}: {text}"
            );
        }
    }
    assert!(parts >= 4, "hardly anything is ever free: {parts}");
}

#[test]
fn the_same_failure_shrinks_to_the_same_scenario() {
    for sabotage in [Sabotage::ForgetsToRecover, Sabotage::NeverResends] {
        let (_, first, _) = shrunk(sabotage);
        let (_, second, _) = shrunk(sabotage);
        assert_eq!(first.scenario, second.scenario);
    }
}

#[test]
fn whoever_stops_early_keeps_the_best_so_far() {
    let (scenario, mut broken) = failure(Sabotage::ForgetsToRecover);
    broken.tries_max = 40;
    let signature = broken.signature.clone();
    let shrunk = shrink(&scenario, &signature, &mut broken);
    assert!(!shrunk.is_minimal);
    assert!(broken.fails(&shrunk.scenario));
    assert!(cost(&shrunk.scenario) < cost(&scenario));
}
