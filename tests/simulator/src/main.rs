//! `simulate [CONTEXT] SEEDS [SEED [JOBS]]`: runs so many seeds of a context, or of all, from SEED on (default 1), JOBS at a time
//! (default: one for each processor); of a single one it shows the whole trace. `cargo xtask simulate` calls it.
#![expect(clippy::print_stdout, reason = "what the command is for")]
#![forbid(unsafe_code)]

use std::process::ExitCode;
use std::time::Instant;

use simulator::Subject;
use simulator::runs::{jobs, runs};

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let named = arguments.first().and_then(|name| Subject::ALL.iter().find(|one| one.name() == name));
    if named.is_some() {
        arguments.remove(0);
    }
    let number = |place: usize| arguments.get(place).and_then(|text| text.parse::<u64>().ok());
    let (seeds, first) = (number(0).unwrap_or(100), number(1).unwrap_or(1));
    let jobs = number(2).unwrap_or_else(jobs);
    let subjects = Subject::ALL.iter().copied().filter(|one| named.is_none_or(|named| named == one));
    let mut is_clean = true;
    for subject in subjects {
        is_clean &= if seeds == 1 { one(subject, first) } else { many(subject, first, seeds, jobs) };
    }
    if is_clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn one(subject: Subject, seed: u64) -> bool {
    let outcome = subject.simulate(seed);
    for line in &outcome.trace {
        println!("{line}");
    }
    println!("{} under seed {seed}: {:?}", subject.name(), outcome.reached);
    match &outcome.violation {
        Some(violation) => println!("BROKEN {violation}"),
        None => println!("clean"),
    }
    outcome.violation.is_none()
}

fn many(subject: Subject, first: u64, seeds: u64, jobs: u64) -> bool {
    let began = Instant::now();
    let runs = runs(subject, first, seeds, jobs);
    let took = began.elapsed();
    let name = subject.name();
    println!(
        "{name}: {seeds} seeds from {first} on in {:.1} s, {} lines of trace",
        took.as_secs_f32(),
        runs.lines
    );
    println!("{name}: reached {:?}", runs.reached);
    for (seed, violation) in runs.broken.iter().take(5) {
        let shown: String = violation.to_string().chars().take(1_500).collect();
        println!("{name}: BROKEN under seed {seed}: {shown}");
    }
    println!("{name}: {} of {seeds} seeds broken {:?}", runs.broken.len(), runs.by_invariant());
    runs.broken.is_empty()
}
