//! The seeds of each context that the gate runs; `cargo xtask simulate` runs more.

use simulator::Subject;
use simulator::runs::{jobs, runs};

#[test]
fn a_seed_leads_to_the_same_trace_again() {
    for subject in Subject::ALL {
        let (first, second) = (subject.simulate(7), subject.simulate(7));
        assert!(first.trace.len() > 100, "{} did something", subject.name());
        assert_eq!(first.trace, second.trace, "{}", subject.name());
    }
}

#[test]
fn what_must_hold_holds_under_the_seeds_of_the_gate() {
    for subject in Subject::ALL {
        let runs = runs(*subject, 1, subject.gate_seeds(), jobs());
        let replay = format!("cargo xtask simulate --context {} --seeds 1 --seed", subject.name());
        let broken: Vec<_> =
            runs.broken.iter().map(|(seed, violation)| format!("{replay} {seed}: {violation}")).collect();
        assert!(broken.is_empty(), "{}", broken.join("\n"));
        for reached in subject.gate_reaches() {
            assert!(runs.reached.contains_key(*reached), "no seed reached {reached}: {:?}", runs.reached);
        }
    }
}
