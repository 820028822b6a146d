//! What was measured, and the medians of it.

use std::time::Duration;

use super::{size::Size, subject::Variant};

/// What something cost.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Cost {
    /// Processor time, user and system.
    pub(super) cpu: Duration,
    /// Time on the clock.
    pub(super) wall: Duration,
}

/// One start of a program.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Start {
    /// From its first instruction to its first wait for an event.
    pub(super) init: Cost,
    /// The first call.
    pub(super) first: Cost,
    /// A later call, on average.
    pub(super) warm: Cost,
}

/// The memory of a program.
#[derive(Debug, Clone, Copy)]
pub(super) struct Memory {
    /// After a thousand calls.
    pub(super) resident_bytes: u64,
    /// What another thousand calls added.
    pub(super) growth_bytes: u64,
}

/// All that is known of a subject.
#[derive(Debug, Clone)]
pub(super) struct Figures {
    /// Who did the job.
    pub(super) variant: Variant,
    /// The job.
    pub(super) job: String,
    /// What it asks of its services for one event.
    pub(super) calls: Vec<String>,
    /// Whether it asks AWS for anything, be it only during init.
    pub(super) asks_aws: bool,
    /// The medians of its starts at full speed.
    pub(super) median: Start,
    /// The median of what init and the first call cost together.
    pub(super) start: Cost,
    /// Its memory, which no budget compares with Python's.
    pub(super) memory: Option<Memory>,
    /// Its binary, unless it is a script.
    pub(super) size: Option<Size>,
}

/// The medians of some starts, cost by cost.
pub(super) fn medians(starts: &[Start]) -> Start {
    Start {
        init: median_cost(starts.iter().map(|start| start.init)),
        first: median_cost(starts.iter().map(|start| start.first)),
        warm: median_cost(starts.iter().map(|start| start.warm)),
    }
}

/// The median of init and first call together.
pub(super) fn median_of_both(starts: &[Start]) -> Cost {
    median_cost(starts.iter().map(|start| Cost {
        cpu: start.init.cpu + start.first.cpu,
        wall: start.init.wall + start.first.wall,
    }))
}

fn median_cost(costs: impl Iterator<Item = Cost> + Clone) -> Cost {
    Cost { cpu: median(costs.clone().map(|cost| cost.cpu)), wall: median(costs.map(|cost| cost.wall)) }
}

/// The middle one, the mean of the two middle ones; zero of nothing.
fn median(values: impl Iterator<Item = Duration>) -> Duration {
    let mut values: Vec<_> = values.collect();
    values.sort_unstable();
    let middle = values.len() / 2;
    match (values.get(middle), values.len() % 2) {
        (None, _) => Duration::ZERO,
        (Some(&value), 1) => value,
        (Some(&above), _) => (values[middle - 1] + above) / 2,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Cost, Start, median, median_of_both, medians};

    fn of(values: &[u64]) -> Duration {
        median(values.iter().map(|&ms| Duration::from_millis(ms)))
    }

    #[test]
    fn a_median_is_the_middle_and_no_outlier_moves_it() {
        assert_eq!(of(&[]), Duration::ZERO);
        assert_eq!(of(&[7]), Duration::from_millis(7));
        assert_eq!(of(&[9_000, 1, 2]), Duration::from_millis(2));
        assert_eq!(of(&[4, 1, 2, 9_000]), Duration::from_millis(3));
    }

    #[test]
    fn costs_are_judged_apart_and_a_start_is_judged_whole() {
        let cost =
            |cpu: u64, wall: u64| Cost { cpu: Duration::from_millis(cpu), wall: Duration::from_millis(wall) };
        let start = |init, first| Start { init, first, warm: Cost::default() };
        let starts =
            [start(cost(1, 9), cost(5, 1)), start(cost(2, 8), cost(1, 1)), start(cost(3, 7), cost(1, 1))];
        let median = medians(&starts);
        assert_eq!((median.init, median.first), (cost(2, 8), cost(1, 1)));
        assert_eq!(median_of_both(&starts), cost(4, 9));
    }
}
