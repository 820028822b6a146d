//! The budgets (design: budgets), as data: what is compared, with what limit.

use std::{fmt, time::Duration};

use super::figures::Figures;

/// A function's figures and those that it is compared with.
#[derive(Clone, Copy)]
pub(super) struct Compared<'a> {
    /// The function.
    pub(super) function: &'a Figures,
    /// The Lambda without work.
    pub(super) nothing: &'a Figures,
    /// The bare SDK doing the function's job.
    pub(super) bare_sdk: &'a Figures,
    /// Python doing the function's job.
    pub(super) python: &'a Figures,
}

/// How far a figure may go.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Limit {
    AtMost(f64),
    AtLeast(f64),
    /// At least so much where the bare SDK, doing the same job in the same run, comes to as much: a function that
    /// stands on it cannot do better.
    InReach {
        at_least: f64,
        bare_sdk: f64,
    },
    /// At most so much where the bare SDK, doing the same job in the same run, comes to no more; where it comes to more,
    /// no more than [`OVER_BARE_SDK`] times that.
    InReachBelow {
        at_most: f64,
        bare_sdk: f64,
    },
}

/// What the entry point, the checks, the log line and the metrics may add to the bare SDK.
const OVER_BARE_SDK: f64 = 1.15;

/// What is said of a figure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It is within its limit.
    Kept,
    /// It is beyond its limit, and so is the bare SDK's.
    OutOfReach,
    /// It is beyond its limit.
    Missed,
}

struct Budget {
    what: &'static str,
    unit: &'static str,
    measured: fn(Compared<'_>) -> f64,
    limit: fn(Compared<'_>) -> Limit,
}

/// The function that may hold more than the others.
const PUSH_ORDER: &str = "push-order";

/// What holds for every function.
const OF_ALL: [Budget; 5] = [
    Budget {
        what: "init + first call, CPU: 3 × no work + 1 ms",
        unit: "ms",
        measured: |compared| ms(compared.function.start.cpu),
        limit: |compared| Limit::InReachBelow {
            at_most: 3.0 * ms(compared.nothing.start.cpu) + 1.0,
            bare_sdk: ms(compared.bare_sdk.start.cpu),
        },
    },
    Budget {
        what: "resident memory after 1,000 calls",
        unit: "MB",
        measured: |compared| known_mb(compared.function.memory.map(|memory| memory.resident_bytes)),
        // A pushed order brings its photos along.
        limit: |compared| Limit::AtMost(if compared.function.job == PUSH_ORDER { 64.0 } else { 25.0 }),
    },
    Budget {
        what: "growth of it in 1,000 calls more",
        unit: "MB",
        measured: |compared| known_mb(compared.function.memory.map(|memory| memory.growth_bytes)),
        // A few pages of the allocator's come and go.
        limit: |_| Limit::AtMost(0.1),
    },
    Budget {
        what: "stripped binary",
        unit: "MB",
        measured: |compared| known_mb(compared.function.size.map(|size| size.binary_bytes)),
        limit: |_| Limit::AtMost(8.0),
    },
    Budget {
        what: "zip",
        unit: "MB",
        measured: |compared| known_mb(compared.function.size.map(|size| size.zip_bytes)),
        limit: |_| Limit::AtMost(3.5),
    },
];

/// What was not measured keeps no budget.
fn known_mb(bytes: Option<u64>) -> f64 {
    bytes.map_or(f64::INFINITY, mb)
}

/// What holds for a function that calls AWS.
const OF_CALLERS: [Budget; 3] = [
    Budget {
        what: "init + first call, CPU: Python ÷ Tenor",
        unit: "×",
        measured: |compared| ratio(compared.python.start.cpu, compared.function.start.cpu),
        limit: |_| Limit::AtLeast(40.0),
    },
    Budget {
        what: "warm call, CPU: Tenor ÷ bare SDK",
        unit: "×",
        measured: |compared| ratio(compared.function.median.warm.cpu, compared.bare_sdk.median.warm.cpu),
        limit: |_| Limit::AtMost(OVER_BARE_SDK),
    },
    Budget {
        what: "warm call, CPU: Python ÷ Tenor",
        unit: "×",
        measured: |compared| ratio(compared.python.median.warm.cpu, compared.function.median.warm.cpu),
        limit: |compared| Limit::InReach {
            at_least: 10.0,
            bare_sdk: ratio(compared.python.median.warm.cpu, compared.bare_sdk.median.warm.cpu),
        },
    },
];

/// What holds for one that asks AWS for nothing, not even for secrets: there is no SDK to compare it with, and a Python without boto3 is little
/// more than its runtime client, which is C++.
const OF_OTHERS: [Budget; 1] = [Budget {
    what: "warm call, CPU: Tenor ÷ no work",
    unit: "×",
    measured: |compared| ratio(compared.function.median.warm.cpu, compared.nothing.median.warm.cpu),
    limit: |_| Limit::AtMost(3.0),
}];

/// How a function stands with one budget.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Judgement {
    /// The function.
    pub(super) function: String,
    /// The budget.
    pub(super) what: &'static str,
    unit: &'static str,
    measured: f64,
    limit: Limit,
}

/// How a function stands with every budget that holds for it.
pub(super) fn judge(compared: Compared<'_>) -> Vec<Judgement> {
    let judged = |budget: &Budget| Judgement {
        function: compared.function.job.clone(),
        what: budget.what,
        unit: budget.unit,
        measured: (budget.measured)(compared),
        limit: (budget.limit)(compared),
    };
    let of_its_kind: &[Budget] = if compared.function.asks_aws { &OF_CALLERS } else { &OF_OTHERS };
    of_its_kind.iter().chain(&OF_ALL).map(judged).collect()
}

impl Judgement {
    /// Whether the budget is kept, and if not, whether it could be.
    pub(super) fn verdict(&self) -> Verdict {
        let measured = self.measured;
        let (is_kept, is_out_of_reach) = match self.limit {
            Limit::AtMost(limit) => (measured <= limit, false),
            Limit::AtLeast(limit) => (measured >= limit, false),
            Limit::InReach { at_least, bare_sdk } => (measured >= at_least, bare_sdk < at_least),
            Limit::InReachBelow { at_most, bare_sdk } => {
                (measured <= at_most, bare_sdk > at_most && measured <= OVER_BARE_SDK * bare_sdk)
            }
        };
        match (is_kept, is_out_of_reach) {
            (true, _) => Verdict::Kept,
            (false, true) => Verdict::OutOfReach,
            (false, false) => Verdict::Missed,
        }
    }

    /// What was measured, with its unit.
    pub(super) fn measured(&self) -> String {
        format!("{:.2} {}", self.measured, self.unit)
    }

    /// The limit, with its unit, and with what the bare SDK comes to where it does not reach it.
    pub(super) fn limit(&self) -> String {
        let unit = self.unit;
        let (sign, limit, bare_sdk) = match self.limit {
            Limit::AtMost(limit) => ("≤", limit, None),
            Limit::AtLeast(limit) => ("≥", limit, None),
            Limit::InReach { at_least, bare_sdk } => ("≥", at_least, Some(bare_sdk)),
            Limit::InReachBelow { at_most, bare_sdk } => ("≤", at_most, Some(bare_sdk)),
        };
        match bare_sdk.filter(|_| self.verdict() == Verdict::OutOfReach) {
            Some(bare_sdk) => format!("{sign} {limit:.2} {unit} (bare SDK {bare_sdk:.2} {unit})"),
            None => format!("{sign} {limit:.2} {unit}"),
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Kept => "kept",
            Self::OutOfReach => "out of reach",
            Self::Missed => "MISSED",
        })
    }
}

/// Milliseconds.
pub(super) fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}

/// Microseconds.
pub(super) fn us(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

/// Megabytes of a million bytes.
#[expect(clippy::cast_precision_loss, reason = "no program is that large")]
pub(super) fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

fn ratio(above: Duration, below: Duration) -> f64 {
    above.as_secs_f64() / below.as_secs_f64()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Compared, Judgement, Verdict, judge};
    use crate::bench::{
        figures::{Cost, Figures, Memory, Start},
        size::Size,
        subject::Variant,
    };

    const PYTHON_WARM: &str = "warm call, CPU: Python ÷ Tenor";
    const START: &str = "init + first call, CPU: 3 × no work + 1 ms";

    fn figures(variant: Variant, start_us: u64, warm_us: u64) -> Figures {
        let cpu = |us| Cost { cpu: Duration::from_micros(us), wall: Duration::ZERO };
        Figures {
            variant,
            job: "get-status".to_owned(),
            calls: vec!["Query".to_owned()],
            asks_aws: true,
            median: Start { warm: cpu(warm_us), ..Start::default() },
            start: cpu(start_us),
            memory: Some(Memory { resident_bytes: 25_000_000, growth_bytes: 0 }),
            size: Some(Size { binary_bytes: 8_000_000, zip_bytes: 3_500_001 }),
        }
    }

    fn judged(function: &Figures) -> Vec<Judgement> {
        judged_beside(function, 1_150)
    }

    /// With a bare SDK that takes 100 µs for a warm call, and a Python that takes so many.
    fn judged_beside(function: &Figures, python_warm_us: u64) -> Vec<Judgement> {
        judge(Compared {
            function,
            nothing: &figures(Variant::Nothing, 2_000, 20),
            bare_sdk: &figures(Variant::BareSdk, 4_000, 100),
            python: &figures(Variant::Python, 280_000, python_warm_us),
        })
    }

    fn missed(function: &Figures) -> Vec<&'static str> {
        let missed = judged(function).into_iter().filter(|judgement| judgement.verdict() == Verdict::Missed);
        missed.map(|judgement| judgement.what).collect()
    }

    /// How a warm call of so many µs stands beside Python's, and beside which limit.
    fn beside_python(warm_us: u64, python_warm_us: u64) -> (Verdict, String) {
        let judged = judged_beside(&figures(Variant::Function, 7_000, warm_us), python_warm_us);
        let judgement = judged.into_iter().find(|judgement| judgement.what == PYTHON_WARM).unwrap();
        (judgement.verdict(), judgement.limit())
    }

    #[test]
    fn a_figure_on_its_limit_keeps_the_budget_and_one_beyond_it_does_not() {
        assert_eq!(missed(&figures(Variant::Function, 7_000, 115)), ["zip"]);
        assert_eq!(
            missed(&figures(Variant::Function, 7_001, 116)),
            [
                "init + first call, CPU: Python ÷ Tenor",
                "warm call, CPU: Tenor ÷ bare SDK",
                PYTHON_WARM,
                "init + first call, CPU: 3 × no work + 1 ms",
                "zip",
            ]
        );
    }

    #[test]
    fn what_the_bare_sdk_does_not_reach_is_out_of_reach_and_what_it_reaches_the_function_must_too() {
        assert_eq!(beside_python(100, 1_000), (Verdict::Kept, "≥ 10.00 ×".to_owned()));
        assert_eq!(beside_python(101, 1_000), (Verdict::Missed, "≥ 10.00 ×".to_owned()));
        assert_eq!(beside_python(101, 810), (Verdict::OutOfReach, "≥ 10.00 × (bare SDK 8.10 ×)".to_owned()));
        assert_eq!(
            beside_python(80, 810),
            (Verdict::Kept, "≥ 10.00 ×".to_owned()),
            "better than the bare SDK"
        );
    }

    #[test]
    fn a_start_beyond_its_limit_is_out_of_reach_where_the_bare_sdks_is_and_little_is_added_to_it() {
        let start = |function_us, bare_sdk_us| {
            let judged = judge(Compared {
                function: &figures(Variant::Function, function_us, 100),
                nothing: &figures(Variant::Nothing, 2_000, 20),
                bare_sdk: &figures(Variant::BareSdk, bare_sdk_us, 100),
                python: &figures(Variant::Python, 280_000, 1_150),
            });
            let judgement = judged.into_iter().find(|judgement| judgement.what == START).unwrap();
            (judgement.verdict(), judgement.limit())
        };
        let limit = || "≤ 7.00 ms".to_owned();
        assert_eq!(start(7_000, 8_000), (Verdict::Kept, limit()));
        assert_eq!(start(7_001, 7_000), (Verdict::Missed, limit()));
        assert_eq!(start(9_200, 8_000), (Verdict::OutOfReach, "≤ 7.00 ms (bare SDK 8.00 ms)".to_owned()));
        assert_eq!(start(9_201, 8_000), (Verdict::Missed, limit()));
    }

    #[test]
    fn nothing_else_is_ever_out_of_reach() {
        let poor = Figures {
            memory: Some(Memory { resident_bytes: u64::MAX, growth_bytes: u64::MAX }),
            size: Some(Size { binary_bytes: u64::MAX, zip_bytes: u64::MAX }),
            ..figures(Variant::Function, 1_000_000, 1_000_000)
        };
        let verdicts = judged_beside(&poor, 1)
            .into_iter()
            .map(|judgement| (judgement.what == PYTHON_WARM, judgement.verdict()));
        for (in_reach_only, verdict) in verdicts {
            assert_eq!(verdict, if in_reach_only { Verdict::OutOfReach } else { Verdict::Missed });
        }
    }

    #[test]
    fn a_function_that_calls_nothing_is_held_to_the_lambda_without_work() {
        let webview = |warm_us| Figures {
            calls: Vec::new(),
            asks_aws: false,
            ..figures(Variant::Function, 7_000, warm_us)
        };
        assert_eq!(missed(&webview(60)), ["zip"]);
        assert_eq!(missed(&webview(61)), ["warm call, CPU: Tenor ÷ no work", "zip"]);
        let verifies = Figures { asks_aws: true, ..webview(61) };
        assert_eq!(missed(&verifies), ["zip"], "with secrets it has a bare SDK to be held to");
    }

    #[test]
    fn a_judgement_shows_what_was_measured_beside_its_limit() {
        let judgement = &judged(&figures(Variant::Function, 7_000, 115))[0];
        assert_eq!((judgement.measured().as_str(), judgement.limit().as_str()), ("40.00 ×", "≥ 40.00 ×"));
    }
}
