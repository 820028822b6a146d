//! Deploying template.yaml to the engine, and what came of it.

use std::{
    collections::BTreeMap,
    env, fs,
    io::{Cursor, Write as _},
    path::Path,
};

use anyhow::{Context as _, Result, bail};
use local::{Engine, Outputs, Stack};
use serde_json::Value;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{Schedules, engine};
use crate::cargo::{self, Metadata};

/// The HTTP API's name in the template.
pub(super) const API: &str = "HttpApi";

/// The event bus's name in the template.
pub(super) const BUS: &str = "EventBus";

const STACK: &str = "tenor";
const BUCKET: &str = "deployment";
/// A push of `InforCRM` that finds no task waits for seconds where it would wait for minutes.
const PUSH_RETRY_SECONDS: &str = "2,2,2,2,2";
/// So does a message of the loan core about an order that there is not yet.
const CORE_RETRY_SECONDS: &str = "2,2,2,2,2";
/// A call of Ant, its repeats included, is given up after a second (lease §12).
const ANT_WAIT_MS: &str = "1000";
/// So is one of Rongshu's platform.
const RONGSHU_WAIT_MS: &str = "1000";
/// And one of the depository, and of the bank.
const CARD_WAIT_MS: &str = "1000";

/// A deployment of the template: what `sam package` and `sam deploy` do in the cloud.
pub(super) struct Deployment<'a> {
    /// Where to.
    pub(super) engine: &'a Engine,
    /// Where the functions' binaries are.
    pub(super) metadata: &'a Metadata,
    /// The public session keys.
    pub(super) jwks: String,
    /// The lender's address.
    pub(super) mkk_url: String,
    /// The address of Ant's gateway.
    pub(super) ant_url: String,
    /// The depository's address.
    pub(super) xw_url: String,
    /// The address of the bank that binds cards.
    pub(super) bank_url: String,
    /// Whether jobs run by themselves.
    pub(super) schedules: Schedules,
}

impl Deployment<'_> {
    /// Uploads the functions, creates the stack, and adds what the engine leaves out of it.
    pub(super) fn create(&self) -> Result<Stack> {
        self.engine.create_bucket(BUCKET)?;
        let template = self.packaged_template()?;
        self.engine.put_object(BUCKET, "template.yaml", template.into_bytes())?;
        let parameters = [
            ("Architecture", if env::consts::ARCH == "aarch64" { "arm64" } else { "x86_64" }),
            ("TenorEnv", "local"),
            ("SessionJwks", &self.jwks),
            ("MkkUrl", &self.mkk_url),
            ("AntUrl", &self.ant_url),
            ("AntTimeoutMs", ANT_WAIT_MS),
            ("AntTotalTimeoutMs", ANT_WAIT_MS),
            ("AntLateMs", "0"),
            ("RongshuTimeoutMs", RONGSHU_WAIT_MS),
            ("XwUrl", &self.xw_url),
            ("XwTimeoutMs", CARD_WAIT_MS),
            ("BankUrl", &self.bank_url),
            ("BankTimeoutMs", CARD_WAIT_MS),
            ("OverrideCallers", engine::CALLER_ARN),
            ("InforPushRetrySeconds", PUSH_RETRY_SECONDS),
            ("CoreMessageRetrySeconds", CORE_RETRY_SECONDS),
            ("Schedules", if self.schedules == Schedules::On { "ENABLED" } else { "DISABLED" }),
        ];
        let template_url = format!("https://s3.amazonaws.com/{BUCKET}/template.yaml");
        let stack = self.engine.create_stack(STACK, &template_url, &parameters)?;
        self.engine.import_routes(&stack, API)?;
        self.engine.allow_batches(&stack)?;
        self.engine.allow_parameters(&stack)?;
        Ok(stack)
    }

    /// The template with each `CodeUri` folder replaced by the S3 address of the uploaded function: the
    /// one rewriting that `sam package` does too.
    fn packaged_template(&self) -> Result<String> {
        let path = cargo::root().join("template.yaml");
        let mut template = fs::read_to_string(&path).with_context(|| format!("{}", path.display()))?;
        for function in self.metadata.functions() {
            let name = &function.name;
            let folder = format!("CodeUri: target/lambda/{name}\n");
            if !template.contains(&folder) {
                bail!("template.yaml has no function with CodeUri target/lambda/{name}");
            }
            let key = format!("{name}.zip");
            self.engine.put_object(BUCKET, &key, zipped(&self.metadata.debug_binary(name))?)?;
            template = template.replace(&folder, &format!("CodeUri: s3://{BUCKET}/{key}\n"));
        }
        Ok(template)
    }
}

/// Name to physical id of every resource of one type whose logical id ends in `suffix`. The name is the
/// logical id without the suffix, its words joined with `separator`: `ContractEventsQueue` is
/// `contract-events`.
pub(super) fn named(stack: &Stack, kind: &str, suffix: &str, separator: char) -> BTreeMap<String, String> {
    stack
        .of_kind(kind)
        .filter_map(|(logical_id, physical_id)| {
            Some((separated(logical_id.strip_suffix(suffix)?, separator), physical_id.to_owned()))
        })
        .collect()
}

/// Sets each variable in every function that has it.
pub(super) fn override_variables(
    engine: &Engine,
    outputs: &Outputs,
    overrides: &[(String, String)],
) -> Result<()> {
    let mut unknown: Vec<_> = overrides.iter().map(|(name, _)| name.as_str()).collect();
    for function in outputs.functions.values() {
        let mut variables = engine.variables(function)?;
        let before = variables.clone();
        for (name, value) in overrides {
            if let Some(variable) = variables.get_mut(name) {
                *variable = Value::from(value.as_str());
                unknown.retain(|other| other != name);
            }
        }
        if variables != before {
            engine.set_variables(function, &variables)?;
        }
    }
    if !unknown.is_empty() {
        bail!("no function has a variable {}", unknown.join(", "));
    }
    Ok(())
}

fn zipped(binary: &Path) -> Result<Vec<u8>> {
    let code = fs::read(binary).with_context(|| format!("{}", binary.display()))?;
    // Stored: the engine unpacks it at once, on the same machine.
    let options =
        SimpleFileOptions::default().compression_method(CompressionMethod::Stored).unix_permissions(0o755);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.start_file("bootstrap", options)?;
    archive.write_all(&code)?;
    Ok(archive.finish()?.into_inner())
}

fn separated(pascal_case: &str, separator: char) -> String {
    let mut words = String::new();
    for letter in pascal_case.chars() {
        if letter.is_uppercase() && !words.is_empty() {
            words.push(separator);
        }
        words.extend(letter.to_lowercase());
    }
    words
}

#[cfg(test)]
mod tests {
    use super::separated;

    #[test]
    fn a_logical_id_becomes_a_name() {
        assert_eq!(separated("ContractEvents", '-'), "contract-events");
        assert_eq!(separated("ContractEventIds", '_'), "contract_event_ids");
    }
}
