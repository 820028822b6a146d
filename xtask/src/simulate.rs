//! `cargo xtask simulate`: many histories of a context, each under a seed of its own (docs/RELIABILITY.md).

use anyhow::Result;
use clap::Args;

use crate::{cargo, children};

#[derive(Args)]
pub(crate) struct Options {
    /// How many seeds; of a single one the whole trace is shown
    #[arg(long, default_value_t = 100, value_name = "N")]
    seeds: u64,
    /// The first of them
    #[arg(long, value_name = "S")]
    seed: Option<u64>,
    /// A context's name; all that are simulated without it
    #[arg(long, value_name = "CONTEXT")]
    context: Option<String>,
    /// How many at a time; as many as the machine has processors without it
    #[arg(long, value_name = "N")]
    jobs: Option<u64>,
}

/// Builds the simulator, optimised but with every assertion, and runs it; it fails when something does not hold.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut command = cargo::command();
    command.args(["run", "--quiet", "--profile", "simulate", "--package", "simulator", "--"]);
    command.args(&options.context);
    let numbers = [options.seeds, options.seed.unwrap_or(1)].into_iter().chain(options.jobs);
    command.args(numbers.map(|number| number.to_string()));
    children::run_well(
        &mut command,
        "something does not hold: see above, and replay a seed with --seeds 1 --seed S",
    )
}
