//! `cargo xtask session`: a token of the local platform.

use anyhow::Result;
use clap::Args;
use local::{KeyNumber, SessionKeys, TokenRequest};

use crate::{platform::Folder, ui};

#[derive(Args)]
pub(crate) struct Options {
    /// The audience: ali-front or bt
    #[arg(long = "aud")]
    audience: String,
    /// The client the session belongs to
    #[arg(long = "sub")]
    subject: String,
    /// Seconds until it expires; below -60, the leeway that the functions allow, for one that has expired
    #[arg(long, default_value_t = 3600, allow_negative_numbers = true, value_name = "SECONDS")]
    expires_in: i64,
    /// Which of the two valid keys signs it
    #[arg(long, default_value = "1", value_name = "1|2")]
    key: KeyNumber,
}

/// Prints the token, nothing else.
pub(crate) fn run(options: &Options) -> Result<()> {
    let keys = SessionKeys::open(&Folder::standard().session_keys())?;
    let request = TokenRequest {
        key: options.key,
        audience: &options.audience,
        subject: &options.subject,
        expires_in_s: options.expires_in,
    };
    ui::line(keys.token(&request));
    Ok(())
}
