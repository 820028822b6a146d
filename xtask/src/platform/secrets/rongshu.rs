//! The channels of the marketplace, as a laptop has them: both sides' keys of `840` and `rongshu` (marketplace §11).

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use serde_json::{Map, Value, json};

use super::{random, read, write};
use crate::platform::{Folder, sandbox::KeyPair};

/// A channel as both sides agree on it.
struct Channel {
    id: &'static str,
    cipher: &'static str,
    sign_alg: &'static str,
}

const CHANNELS: [Channel; 2] = [
    Channel { id: "840", cipher: "plain", sign_alg: "SHA1" },
    Channel { id: "rongshu", cipher: "aes", sign_alg: "SHA256" },
];
/// Our id at the platform.
const APP_ID: &str = "10001";

/// Where the channels' secrets lie: one file for the platform's side, and one of ours for each channel.
pub(super) struct RongshuSecrets {
    pub(super) sandbox: PathBuf,
    /// The partner's name, `rongshu/840`, and its file.
    pub(super) ours: Vec<(String, PathBuf)>,
}

impl RongshuSecrets {
    /// The secrets in `secrets`; those that are not there yet are made.
    pub(super) fn open(folder: &Folder, new_key_pair: &dyn Fn() -> Result<KeyPair>) -> Result<Self> {
        let secrets = folder.secrets();
        let own = |channel: &Channel| {
            (format!("rongshu/{}", channel.id), secrets.join(format!("rongshu-{}.json", channel.id)))
        };
        let opened =
            Self { sandbox: secrets.join("rongshu-sandbox.json"), ours: CHANNELS.iter().map(own).collect() };
        if !opened.sandbox.exists() || opened.ours.iter().any(|(_, path)| !path.exists()) {
            let mut channels = Map::new();
            for (channel, (_, path)) in CHANNELS.iter().zip(&opened.ours) {
                let (ours, theirs) = sides(channel, &new_key_pair()?, &new_key_pair()?)?;
                write(path, &ours)?;
                channels.insert(channel.id.to_owned(), theirs);
            }
            write(&opened.sandbox, &json!({"channels": channels}))?;
        }
        Ok(opened)
    }

    /// Notes where the platform is, which is another port each time somebody wishes so.
    pub(super) fn point_to(&self, sandbox_url: &str) -> Result<()> {
        for (partner, path) in &self.ours {
            let mut ours: Value = serde_json::from_str(&read(path)?)
                .ok()
                .with_context(|| format!("{} is no JSON; delete it to have a new one", path.display()))?;
            ours["base_url"] = json!(format!("{sandbox_url}/{partner}/"));
            write(path, &ours)?;
        }
        Ok(())
    }
}

/// The channel's parameter, but for where the platform is, and its entry in the sandbox's file.
fn sides(channel: &Channel, ours: &KeyPair, platform: &KeyPair) -> Result<(Value, Value)> {
    let mut our_side = json!({
        "app_id": APP_ID,
        "cipher": channel.cipher,
        "sign_alg": channel.sign_alg,
        "private_key": bare(&ours.private_key),
        "platform_public_keys": [bare(&platform.public_key)],
    });
    let mut their_side = json!({
        "app_id": APP_ID,
        "cipher": channel.cipher,
        "sign_alg": channel.sign_alg,
        "platform_private_key": platform.private_key,
        "our_public_key": ours.public_key,
    });
    if channel.cipher == "aes" {
        let key = random()?[..16].iter().fold(String::new(), |digits, byte| format!("{digits}{byte:02X}"));
        our_side["aes_keys"] = json!([key]);
        their_side["aes_key"] = json!(key);
    }
    Ok((our_side, their_side))
}

/// The Base64 within a PEM, without line breaks.
fn bare(pem: &str) -> String {
    let bare: String = pem.lines().filter(|line| !line.starts_with("-----")).map(str::trim).collect();
    debug_assert!(BASE64_STANDARD.decode(&bare).is_ok(), "a PEM");
    bare
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{CHANNELS, sides};
    use crate::platform::sandbox::KeyPair;

    fn pair(name: &str) -> KeyPair {
        let pem = |kind: &str| format!("-----BEGIN {kind}-----\n{name}AA\n{name}BB\n-----END {kind}-----\n");
        KeyPair { private_key: pem("PRIVATE KEY"), public_key: pem("PUBLIC KEY") }
    }

    #[test]
    fn each_side_has_its_own_private_key_and_the_other_s_public_one() {
        let (ours, theirs) = sides(&CHANNELS[0], &pair("OU"), &pair("TH")).unwrap();
        assert_eq!(ours["private_key"], "OUAAOUBB");
        assert_eq!(ours["platform_public_keys"], json!(["THAATHBB"]));
        assert_eq!(theirs["platform_private_key"], pair("TH").private_key);
        assert_eq!(theirs["our_public_key"], pair("OU").public_key);
        assert_eq!((&ours["cipher"], &ours["sign_alg"]), (&json!("plain"), &json!("SHA1")));
        assert!(ours["aes_keys"].is_null() && theirs["aes_key"].is_null());
    }

    #[test]
    fn what_is_encrypted_has_one_key_on_both_sides() {
        let (ours, theirs) = sides(&CHANNELS[1], &pair("OU"), &pair("TH")).unwrap();
        assert_eq!(ours["aes_keys"], json!([theirs["aes_key"]]));
        assert_eq!(theirs["aes_key"].as_str().map(str::len), Some(32));
        assert_eq!((&theirs["cipher"], &theirs["sign_alg"]), (&json!("aes"), &json!("SHA256")));
    }
}
