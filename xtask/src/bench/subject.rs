//! What is measured: each function, and beside it the peers that do the same job.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use local::{KeyNumber, SessionKeys, TokenRequest};
use serde_json::{Value, json};

use super::{
    process::Program,
    stand_ins::{ACTIVE_CLIENT, CLOSED_CLIENT, StandIns},
};
use crate::cargo;

/// The job of the budgets' own table: one read and one conditional write.
pub(super) const REFERENCE: &str = "reference";
/// The function whose peers answer with its own page.
pub(super) const WEBVIEW: &str = "webview";
/// The peer that does nothing.
pub(super) const NOTHING: &str = "nothing";
/// Long enough for any run.
const SESSION_S: i64 = 24 * 3_600;

/// Who does a job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Variant {
    /// A Lambda without work: the same for every job.
    Nothing,
    /// Our function.
    Function,
    /// The bare SDK.
    BareSdk,
    /// Python with boto3.
    Python,
}

impl fmt::Display for Variant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Nothing => "no work",
            Self::Function => "Tenor",
            Self::BareSdk => "bare SDK",
            Self::Python => "Python",
        })
    }
}

/// A program that does a job.
#[derive(Debug, Clone)]
pub(super) struct Subject {
    /// Who it is.
    pub(super) variant: Variant,
    /// The function's name, [`REFERENCE`] or [`NOTHING`].
    pub(super) job: String,
    /// What Lambda would hand it.
    pub(super) event: Vec<u8>,
    /// How it is started.
    pub(super) program: Program,
}

/// Where the programs are.
pub(super) struct Programs {
    /// The folder of the release binaries.
    pub(super) binaries: PathBuf,
    /// The Python with the peer's packages.
    pub(super) python: PathBuf,
}

/// What every program finds around it.
pub(super) struct Surroundings<'a> {
    /// The Runtime API's host and port.
    pub(super) runtime_api: String,
    /// The services.
    pub(super) stand_ins: &'a StandIns,
    /// The file of the roots that AWS's stand-in is trusted by.
    pub(super) roots: PathBuf,
    /// The page that webview's peers answer with.
    pub(super) page: PathBuf,
    /// The keys of sessions.
    pub(super) sessions: SessionKeys,
}

/// Every subject: the functions, each with its peers, then the reference job and the one without work.
pub(super) fn all(
    functions: &[String],
    programs: &Programs,
    surroundings: &Surroundings<'_>,
) -> Result<Vec<Subject>> {
    let mut subjects = Vec::new();
    for job in functions {
        let event = event(job, &surroundings.sessions)?;
        for variant in [Variant::Function, Variant::BareSdk, Variant::Python] {
            subjects.push(subject(variant, job, event.clone(), programs, surroundings));
        }
    }
    for (variant, job) in
        [(Variant::BareSdk, REFERENCE), (Variant::Python, REFERENCE), (Variant::Nothing, NOTHING)]
    {
        subjects.push(subject(variant, job, b"{}".to_vec(), programs, surroundings));
    }
    Ok(subjects)
}

fn subject(
    variant: Variant,
    job: &str,
    event: Vec<u8>,
    programs: &Programs,
    surroundings: &Surroundings<'_>,
) -> Subject {
    let binary = |name: &str| (programs.binaries.join(name), Vec::new());
    let python =
        || (programs.python.clone(), ["-m", "awslambdaric", "peer.handler"].map(str::to_owned).into());
    let (path, arguments) = match variant {
        Variant::Nothing => binary("bench-nothing"),
        Variant::Function => binary(job),
        Variant::BareSdk => binary("bench-bare-sdk"),
        Variant::Python => python(),
    };
    let environment = surroundings.environment(job);
    Subject { variant, job: job.to_owned(), event, program: Program { path, arguments, environment } }
}

impl Surroundings<'_> {
    /// What Lambda sets, what any function is configured with, and what the peers are told.
    fn environment(&self, job: &str) -> Vec<(String, String)> {
        let path = |path: &Path| path.display().to_string();
        let variables = [
            ("AWS_LAMBDA_RUNTIME_API", self.runtime_api.clone()),
            ("AWS_LAMBDA_FUNCTION_NAME", job.to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128".to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "bench".to_owned()),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "bench".to_owned()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_DEFAULT_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned()),
            ("AWS_SESSION_TOKEN", "e".repeat(800)),
            ("AWS_ENDPOINT_URL", self.stand_ins.aws.clone()),
            ("AWS_CA_BUNDLE", path(&self.roots)),
            ("TENOR_ENV", "local".to_owned()),
            ("MKK_URL", self.stand_ins.mkk.clone()),
            ("SESSION_JWKS", self.sessions.jwks().to_string()),
            ("CONTRACTS_TABLE", "tenor-contracts".to_owned()),
            ("CONTRACT_NUMBERS_TABLE", "tenor-contract-numbers".to_owned()),
            ("CONTRACT_EVENT_IDS_TABLE", "tenor-contract-event-ids".to_owned()),
            ("QUEUE_URL", format!("{}/123456789012/contract-events", self.stand_ins.aws)),
            ("DEAD_LETTER_QUEUE_URL", format!("{}/123456789012/contract-events-dlq", self.stand_ins.aws)),
            ("BENCH_JOB", job.to_owned()),
            ("BENCH_PAGE", path(&self.page)),
            ("PYTHONPATH", path(&cargo::root().join("tests/bench"))),
            ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
        ];
        variables.map(|(name, value)| (name.to_owned(), value)).into()
    }
}

/// The function's sample event, with a session of the client whose visit makes it do its whole work.
fn event(function: &str, sessions: &SessionKeys) -> Result<Vec<u8>> {
    let visitor = match function {
        "get-status" => ACTIVE_CLIENT,
        "renew-contract" => CLOSED_CLIENT,
        // Neither reads a session.
        "contract-events" | "webview" => "",
        other => {
            bail!("{other} is not measured yet: give it a job in xtask/src/bench/subject.rs and its peers")
        }
    };
    let path = cargo::root().join("events").join(format!("{function}.json"));
    let event = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    let token = sessions.token(&TokenRequest {
        key: KeyNumber::One,
        audience: "ali-front",
        subject: visitor,
        expires_in_s: SESSION_S,
    });
    Ok(event.replace("Bearer TOKEN", &format!("Bearer {token}")).into_bytes())
}

/// The body of a successful answer: an HTTP one of 200, or a batch without a failure.
pub(super) fn accepted(answer: &[u8]) -> Result<Value> {
    let answer: Value = serde_json::from_slice(answer).context("the answer is no JSON")?;
    let handled = answer["batchItemFailures"] == json!([]);
    if !handled && answer["statusCode"] != 200 {
        bail!("the answer is not a success: {answer}");
    }
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::accepted;

    #[test]
    fn only_a_success_is_measured() {
        assert!(accepted(br#"{"statusCode":200,"body":"{}"}"#).is_ok());
        assert!(accepted(br#"{"batchItemFailures":[]}"#).is_ok());
        assert!(accepted(br#"{"statusCode":403}"#).is_err());
        assert!(accepted(br#"{"batchItemFailures":[{"itemIdentifier":"1"}]}"#).is_err());
        assert!(accepted(b"null").is_err());
    }
}
