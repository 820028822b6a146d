//! `cargo xtask secrets put`: a partner's secrets into Parameter Store, since `CloudFormation` cannot create a
//! `SecureString`.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, bail};
use aws_sdk_ssm::{error::DisplayErrorContext, types::ParameterType};
use clap::{Args, Subcommand};
use platform::{
    aws::{Aws, AwsSettings},
    config::Environment,
};
use serde_json::{Map, Value};

use crate::ui;

#[derive(Args)]
pub(crate) struct Options {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Sets a partner's parameter, /tenor/<partner>, as a `SecureString` with the contents of a file
    ///
    /// The account is that of `AWS_REGION`, `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`;
    /// `AWS_ENDPOINT_URL` is another endpoint than AWS's own.
    Put(Put),
}

#[derive(Args)]
struct Put {
    /// Whose secrets they are: `ant`, or `sealing` for the keys that we seal identity data with
    #[arg(long, value_parser = partner)]
    partner: String,
    /// A JSON file with them
    #[arg(long)]
    file: PathBuf,
}

/// Runs the command; what is secret is not printed.
pub(crate) fn run(options: &Options) -> Result<()> {
    let Command::Put(options) = &options.command;
    let shown = options.file.display();
    let json = fs::read_to_string(&options.file).with_context(|| format!("{shown} cannot be read"))?;
    // The parser's own message is not shown: it may quote the secret.
    if serde_json::from_str::<Map<String, Value>>(&json).is_err() {
        bail!("{shown} is no JSON object");
    }
    let settings = Environment::process().load(AwsSettings::read)?;
    let secret = Secret { partner: &options.partner, json };
    let versions = put(settings, &[secret])?;
    for version in versions {
        ui::line(format_args!("{} is put, version {version}", parameter(&options.partner)));
    }
    Ok(())
}

/// A partner's secrets.
pub(crate) struct Secret<'a> {
    /// Whose they are.
    pub(crate) partner: &'a str,
    /// What they are.
    pub(crate) json: String,
}

/// Sets the parameter of each, and tells their versions.
pub(crate) fn put(settings: AwsSettings, secrets: &[Secret<'_>]) -> Result<Vec<i64>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let client = Aws::connect(settings).ssm();
        let mut versions = Vec::with_capacity(secrets.len());
        for Secret { partner, json } in secrets {
            let name = parameter(partner);
            let call = client.put_parameter().name(&name).value(json);
            let call = call.r#type(ParameterType::SecureString).overwrite(true);
            let answer = call
                .send()
                .await
                .map_err(|error| anyhow::anyhow!("{name} cannot be put: {}", DisplayErrorContext(error)))?;
            versions.push(answer.version());
        }
        Ok(versions)
    })
}

/// The parameter that has a partner's secrets.
fn parameter(partner: &str) -> String {
    format!("/tenor/{partner}")
}

fn partner(text: &str) -> Result<String> {
    let in_kebab_case =
        |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-';
    if text.is_empty() || !text.chars().all(in_kebab_case) {
        bail!("it must be of small letters, digits and hyphens");
    }
    Ok(text.to_owned())
}
