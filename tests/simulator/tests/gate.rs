//! A few hundred seeds of each context, as the gate runs them; `cargo xtask simulate` runs more.

use simulator::Subject;

#[test]
fn a_seed_leads_to_the_same_trace_again() {
    for subject in Subject::ALL {
        let (first, second) = (subject.simulate(7), subject.simulate(7));
        assert!(first.trace.len() > 100, "{} did something", subject.name());
        assert_eq!(first.trace, second.trace, "{}", subject.name());
    }
}
