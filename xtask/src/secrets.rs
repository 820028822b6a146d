//! `cargo xtask secrets put`: a partner's secrets into Parameter Store, since `CloudFormation` cannot create a
//! `SecureString`.

use std::{fs, path::PathBuf};

use anyhow::{Context as _, Result, bail};
use clap::{Args, Subcommand};
use local::ParameterStore;
use serde_json::{Map, Value};

use crate::{account::Account, ui};

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
    /// `AWS_ENDPOINT_URL` is another endpoint than AWS's own, `AWS_CA_BUNDLE` a file of other roots than Amazon's.
    Put(Put),
}

#[derive(Args)]
struct Put {
    /// Whose secrets they are: `ant`, `rongshu/<channel>`, or `sealing` and `digest` for the keys that we seal identity
    /// data with and look it up by
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
    let store = ParameterStore::of(Account::of_environment(None)?.client("ssm")?);
    let version = put(&store, &options.partner, &json)?;
    ui::line(format_args!("{} is put, version {version}", parameter(&options.partner)));
    Ok(())
}

/// Sets a partner's parameter, and tells its version.
pub(crate) fn put(store: &ParameterStore, partner: &str, json: &str) -> Result<i64> {
    let name = parameter(partner);
    store.put_secret(&name, json).with_context(|| format!("{name} cannot be put"))
}

/// The parameter that has a partner's secrets.
fn parameter(partner: &str) -> String {
    format!("/tenor/{partner}")
}

fn partner(text: &str) -> Result<String> {
    let is_allowed = |letter: char| letter.is_ascii_alphanumeric() || "-_".contains(letter);
    let is_name = |name: &str| !name.is_empty() && name.chars().all(is_allowed);
    if !text.split('/').all(is_name) {
        bail!("it must be of letters, digits, hyphens and underscores, with slashes between them");
    }
    Ok(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::partner;

    #[test]
    fn a_partner_may_have_a_secret_for_each_channel() {
        for good in ["ant", "rongshu/840", "rongshu/a-B_9"] {
            assert_eq!(partner(good).unwrap(), good);
        }
        for bad in ["", "/ant", "ant/", "a//b", "ant:1", "../ant"] {
            assert!(partner(bad).is_err(), "{bad}");
        }
    }
}
