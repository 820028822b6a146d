//! The repository's own commands: `cargo xtask demo`, `up`, `down`, `test`, `session`, `secrets`, `redrive`,
//! `simulate`, `breaks`, `load`, `fuzz`, `mutants`, `contract`, `package`, `bench`.

mod account;
mod architecture;
mod bench;
mod breaks;
mod browser;
mod cargo;
mod children;
mod contract;
mod demo;
mod down;
mod fuzz;
mod load;
mod mutants;
mod package;
mod platform;
mod redrive;
mod secrets;
mod session;
mod simulate;
mod test;
mod ui;
mod up;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Tenor's own commands.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Starts everything and plays one story per context through it
    Demo(demo::Options),
    /// Starts the platform, empty, and leaves it running
    Up(up::Options),
    /// Stops the platform that `up` or `demo --keep` left running
    Down,
    /// Runs every test there is, the whole-system ones included
    Test,
    /// Prints a session token of the local platform, nothing else
    Session(session::Options),
    /// Keeps the partners' secrets in Parameter Store
    Secrets(secrets::Options),
    /// Moves the messages of a dead-letter queue back to their queue, as they were when they came to it
    ///
    /// Each is sent first and deleted afterwards; one that cannot be sent stays. The queue is the local platform's, unless
    /// `--stack` or the two addresses name another: then the account is that of `AWS_REGION`, `AWS_ACCESS_KEY_ID`,
    /// `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`; `AWS_CA_BUNDLE` is a file of other roots than Amazon's.
    Redrive(redrive::Options),
    /// Runs histories of the contexts under seeds, with everything going wrong that may
    Simulate(simulate::Options),
    /// Sends bursts, has many call at once, takes partners away, and prints what it measured
    Load(load::Options),
    /// Gives made-up bytes to every reader of outside bytes, each for a bounded time
    Fuzz(fuzz::Options),
    /// Changes the rules, one thing at a time, and looks which change no test sees
    Mutants(mutants::Options),
    /// Breaks the code on purpose, one thing at a time, and looks whether the simulator finds it
    Breaks(breaks::Options),
    /// Calls every route as docs/openapi.yaml describes it, and otherwise, and holds the answers to it
    Contract(contract::Options),
    /// Builds every function's bootstrap for `sam build` and `sam deploy`
    Package(package::Options),
    /// Measures every function beside its peers, and holds it to its budgets
    Bench(bench::Options),
}

fn main() -> ExitCode {
    run().unwrap_or_else(|error| {
        ui::error(&error);
        ExitCode::FAILURE
    })
}

fn run() -> anyhow::Result<ExitCode> {
    children::stop_on_interrupt()?;
    match Arguments::parse().command {
        Command::Demo(options) => demo::run(&options)?,
        Command::Up(options) => up::run(&options)?,
        Command::Down => down::run()?,
        Command::Test => return test::run(),
        Command::Session(options) => session::run(&options)?,
        Command::Secrets(options) => secrets::run(&options)?,
        Command::Redrive(options) => redrive::run(&options)?,
        Command::Simulate(options) => simulate::run(&options)?,
        Command::Load(options) => load::run(&options)?,
        Command::Fuzz(options) => fuzz::run(&options)?,
        Command::Mutants(options) => mutants::run(&options)?,
        Command::Breaks(options) => breaks::run(&options)?,
        Command::Contract(options) => contract::run(&options)?,
        Command::Package(options) => package::run(&options)?,
        Command::Bench(options) => return bench::run(&options),
    }
    Ok(ExitCode::SUCCESS)
}
