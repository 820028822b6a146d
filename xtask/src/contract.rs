//! `cargo xtask contract`: a property-based client calls the running platform, and holds its answers to docs/openapi.yaml
//! (docs/RELIABILITY.md).

use std::{fs, path::Path, process::Command};

use anyhow::{Context as _, Result};
use clap::Args;
use local::{KeyNumber, SessionKeys, TokenRequest};
use serde_json::{Map, Value, json};

use crate::{
    cargo, children, demo,
    platform::{Folder, RunningPlatform, Settings, Tools},
    ui,
};

/// The client's program, in Python.
const CLIENT: &str = "tests/contract";
/// Its own test: answers that are wrong, which it must find.
const CHECKS: &str = "tests/contract/test_checks.py";
/// What the client is told of the platform.
const BRIEF: &str = "contract.json";
/// Longer than any run.
const SESSION_S: i64 = 3 * 60 * 60;

/// Whose sessions there are: the document's name of the scheme, the audience, the subjects. The stories know the first three
/// clients and the first pin, the client tells of the fourth and the second, and nobody of the last ones.
const SESSIONS: [(&str, &str, [&str; 5]); 2] = [
    ("aliFront", "ali-front", ["c-1", "c-2", "c-3", "c-4", "c-5"]),
    ("baitiao", "bt", ["pin-1", "p-1", "pin-2", "p-2", "p-3"]),
];

#[derive(Args)]
pub(crate) struct Options {
    /// How many calls of each operation are as described; half as many more are not, and a quarter are a stranger's
    #[arg(long, default_value_t = 12, value_name = "N")]
    examples: u32,
    /// What the calls are drawn from: the same seed makes the same calls
    #[arg(long, default_value_t = 1, value_name = "S")]
    seed: u64,
    /// Only this operation, by its operationId; may be repeated
    #[arg(long = "operation", value_name = "NAME")]
    operations: Vec<String>,
}

/// Starts a platform of its own, plays the demo's stories so that there is something to ask about, and runs the client.
pub(crate) fn run(options: &Options) -> Result<()> {
    let folder = Folder::of_contract();
    let _claim = folder.claim()?;
    let python = Tools::Contract.install()?;
    ui::step("Looking whether the client finds what is wrong");
    children::run_well(&mut program(&python, &folder, CHECKS), "the client's checks do not bite")?;
    ui::step("Building the functions and the sandbox");
    cargo::build_binaries()?;
    let settings = Settings::of_its_own(folder)?;
    let running = RunningPlatform::start(&settings)?;
    demo::play(&running)?;
    ui::step("Calling every operation of docs/openapi.yaml");
    let brief = settings.folder.file(BRIEF);
    fs::write(&brief, brief_of(&running, &settings.folder)?.to_string())
        .with_context(|| format!("{}", brief.display()))?;
    let mut client = program(&python, &settings.folder, CLIENT);
    client.arg("--brief").arg(brief);
    client.arg("--document").arg(cargo::root().join("docs/openapi.yaml"));
    client.args(["--examples", &options.examples.to_string(), "--seed", &options.seed.to_string()]);
    client.args(options.operations.iter().flat_map(|operation| ["--operation", operation]));
    children::run_well(&mut client, "an answer is not as docs/openapi.yaml has it: see above")
}

/// A Python program of ours, which writes nothing but into `folder`.
fn program(python: &Path, folder: &Folder, path: &str) -> Command {
    let mut command = Command::new(python);
    command.arg("-B").arg(cargo::root().join(path));
    command.env("HYPOTHESIS_STORAGE_DIRECTORY", folder.file("hypothesis"));
    command
}

/// Where everything is, and what the callers come with.
fn brief_of(running: &RunningPlatform, folder: &Folder) -> Result<Value> {
    let keys = SessionKeys::open(&running.outputs.session_keys)?;
    let token = |audience, subject, expires_in_s| {
        keys.token(&TokenRequest { key: KeyNumber::One, audience, subject, expires_in_s })
    };
    let tokens = SESSIONS.map(|(scheme, audience, subjects)| {
        let sessions: Map<_, _> = subjects
            .iter()
            .map(|subject| ((*subject).to_owned(), token(audience, subject, SESSION_S).into()))
            .collect();
        json!({
            "scheme": scheme,
            "sessions": sessions,
            "expired": subjects.map(|subject| token(audience, subject, -SESSION_S)),
            "foreign": subjects.map(|subject| token("elsewhere", subject, SESSION_S)),
        })
    });
    Ok(json!({"outputs": running.outputs, "secrets": folder.secrets(), "tokens": tokens}))
}
