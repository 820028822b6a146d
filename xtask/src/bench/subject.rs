//! What is measured: each function, and beside it the peers that do the same job.

use std::{
    fmt, fs,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result, bail};
use local::{KeyNumber, SessionKeys, TokenRequest};
use serde_json::Value;

use super::{
    contexts::{self, Job, NOTHING, Placed, REFERENCE},
    process::Program,
    stand_ins::StandIns,
};
use crate::cargo;

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
    /// The function's job, [`REFERENCE`] or [`NOTHING`].
    pub(super) job: &'static Job,
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
    for function in functions {
        let placed = contexts::job_of(function)?;
        let event = event(placed.job, &surroundings.sessions)?;
        for variant in [Variant::Function, Variant::BareSdk, Variant::Python] {
            subjects.push(subject(variant, placed, event.clone(), programs, surroundings));
        }
    }
    for (variant, placed) in
        [(Variant::BareSdk, REFERENCE), (Variant::Python, REFERENCE), (Variant::Nothing, NOTHING)]
    {
        subjects.push(subject(variant, placed, b"{}".to_vec(), programs, surroundings));
    }
    Ok(subjects)
}

fn subject(
    variant: Variant,
    placed: Placed,
    event: Vec<u8>,
    programs: &Programs,
    surroundings: &Surroundings<'_>,
) -> Subject {
    let binary = |name: &str| (programs.binaries.join(name), Vec::new());
    let python =
        || (programs.python.clone(), ["-m", "awslambdaric", "peer.handler"].map(str::to_owned).into());
    let (path, arguments) = match variant {
        Variant::Nothing => binary("bench-nothing"),
        Variant::Function => binary(placed.job.name),
        Variant::BareSdk => binary("bench-bare-sdk"),
        Variant::Python => python(),
    };
    let environment = surroundings.environment(placed);
    Subject { variant, job: placed.job, event, program: Program { path, arguments, environment } }
}

impl Surroundings<'_> {
    /// What Lambda sets, what any function is configured with, its context's tables, queues and secrets, and what the
    /// peers are told.
    fn environment(&self, Placed { context, job }: Placed) -> Vec<(String, String)> {
        let path = |path: &Path| path.display().to_string();
        let queue = |name: &str| format!("{}/123456789012/{name}", self.stand_ins.aws);
        let variables = [
            ("AWS_LAMBDA_RUNTIME_API", self.runtime_api.clone()),
            ("AWS_LAMBDA_FUNCTION_NAME", job.name.to_owned()),
            ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128".to_owned()),
            ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
            ("AWS_LAMBDA_LOG_GROUP_NAME", "bench".to_owned()),
            ("AWS_LAMBDA_LOG_STREAM_NAME", "bench".to_owned()),
            ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
            // As template.yaml has it.
            ("MIMALLOC_ARENA_RESERVE", "32MiB".to_owned()),
            ("AWS_REGION", "eu-central-1".to_owned()),
            ("AWS_DEFAULT_REGION", "eu-central-1".to_owned()),
            ("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE".to_owned()),
            ("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY".to_owned()),
            ("AWS_SESSION_TOKEN", "e".repeat(800)),
            ("AWS_ENDPOINT_URL", self.stand_ins.aws.clone()),
            ("AWS_CA_BUNDLE", path(&self.roots)),
            ("TENOR_ENV", "local".to_owned()),
            ("MKK_URL", self.stand_ins.mkk.clone()),
            ("ANT_URL", self.stand_ins.ant.clone()),
            ("XW_URL", self.stand_ins.xw.clone()),
            ("BANK_URL", self.stand_ins.bank.clone()),
            ("SESSION_JWKS", self.sessions.jwks().to_string()),
            ("OUTBOX_TABLE", "tenor-outbox".to_owned()),
            ("EVENT_BUS_NAME", "tenor".to_owned()),
            ("QUEUE_URL", queue(job.name)),
            ("DEAD_LETTER_QUEUE_URL", queue(&format!("{}-dlq", job.name))),
            ("BENCH_CONTEXT", context.name.to_owned()),
            ("BENCH_JOB", job.name.to_owned()),
            ("BENCH_PAGE", path(&self.page)),
            ("PYTHONPATH", path(&cargo::root().join("tests/bench"))),
            ("PYTHONDONTWRITEBYTECODE", "1".to_owned()),
        ];
        let tables = context.tables.iter().map(|&(variable, table)| (variable, table.to_owned()));
        let settings = context.variables.iter().map(|&(variable, value)| (variable, value.to_owned()));
        let queues = context.queues.iter().map(|&(variable, name)| (variable, queue(name)));
        let secrets = context.secrets.iter().map(|secret| (secret.variable, secret.parameter.to_owned()));
        variables
            .into_iter()
            .chain(tables)
            .chain(settings)
            .chain(queues)
            .chain(secrets)
            .map(|(name, value)| (name.to_owned(), value))
            .collect()
    }
}

/// The function's sample event, with what makes it do its whole work: a session of the client whose visit does, or
/// whatever else the job says instead.
fn event(job: &Job, sessions: &SessionKeys) -> Result<Vec<u8>> {
    let path = cargo::root().join("events").join(format!("{}.json", job.name));
    let event = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
    let event = match job.instead {
        Some((said, instead)) => event.replace(said, instead),
        None => event,
    };
    let Some(visitor) = job.visitor else { return Ok(event.into_bytes()) };
    let token = sessions.token(&TokenRequest {
        key: KeyNumber::One,
        audience: visitor.audience,
        subject: visitor.subject,
        expires_in_s: SESSION_S,
    });
    Ok(event.replace("Bearer TOKEN", &format!("Bearer {token}")).into_bytes())
}

impl Subject {
    /// The answer, if it is one of the whole work done.
    pub(super) fn accepted(&self, answer: &[u8]) -> Result<Value> {
        let answer: Value = serde_json::from_slice(answer).context("the answer is no JSON")?;
        if !(self.job.succeeded)(&answer) {
            bail!("the answer is not a success: {answer}");
        }
        Ok(answer)
    }
}

/// What an answer says: its body, and JSON as its values, however it is written.
pub(super) fn said(answer: &Value) -> Value {
    match answer["body"].as_str() {
        Some(body) => serde_json::from_str(body).unwrap_or_else(|_| answer["body"].clone()),
        None => answer.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::said;

    #[test]
    fn answers_are_the_same_however_their_json_is_written() {
        let of = |body: &str| said(&json!({"statusCode": 200, "body": body}));
        assert_eq!(of(r#"{"a":1,"b":500.0000}"#), of(r#"{"b": 500.0, "a": 1}"#));
        assert_ne!(of(r#"{"a":1}"#), of(r#"{"a":"1"}"#));
        assert_eq!(of("<html>"), "<html>");
        assert_eq!(said(&json!(null)), json!(null));
    }
}
