//! The local platform's secrets: made once, in the folder `secrets`, and put where the functions look for theirs.

mod rongshu;

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use local::ParameterStore;
use ring::rand::{SecureRandom as _, SystemRandom};
use serde_json::{Value, json};

use self::rongshu::RongshuSecrets;
use super::{Folder, sandbox::KeyPair};
use crate::secrets;

/// Where the local secrets lie.
pub(super) struct LocalSecrets {
    ant: PathBuf,
    ant_sandbox: PathBuf,
    sealing: PathBuf,
    digest: PathBuf,
    rongshu: RongshuSecrets,
}

impl LocalSecrets {
    /// The secrets in `folder`; those that are not there yet are made, with `new_key_pair` for what RSA is needed for.
    pub(super) fn open(folder: &Folder, new_key_pair: impl Fn() -> Result<KeyPair>) -> Result<Self> {
        let secrets = folder.secrets();
        fs::create_dir_all(&secrets).with_context(|| format!("{} cannot be made", secrets.display()))?;
        let file = |name: &str| secrets.join(name);
        let opened = Self {
            ant: file("ant.json"),
            ant_sandbox: file("ant-sandbox.json"),
            sealing: file("sealing.json"),
            digest: file("digest.json"),
            rongshu: RongshuSecrets::open(folder, &new_key_pair)?,
        };
        if !opened.ant.exists() || !opened.ant_sandbox.exists() {
            let (ours, theirs) = ant(&new_key_pair()?)?;
            write(&opened.ant_sandbox, &theirs)?;
            write(&opened.ant, &ours)?;
        }
        for keys in [&opened.sealing, &opened.digest] {
            if !keys.exists() {
                let key = BASE64_STANDARD.encode(random()?);
                write(keys, &json!({"keys": [{"id": "local-1", "key": key}]}))?;
            }
        }
        Ok(opened)
    }

    /// The file with Ant's side of its secrets.
    pub(super) fn ant_sandbox(&self) -> &Path {
        &self.ant_sandbox
    }

    /// The file with Rongshu's side of its channels.
    pub(super) fn rongshu_sandbox(&self) -> &Path {
        &self.rongshu.sandbox
    }

    /// Puts ours into Parameter Store, for partners that are played at `sandbox_url`.
    pub(super) fn put(&self, store: &ParameterStore, sandbox_url: &str) -> Result<()> {
        self.rongshu.point_to(sandbox_url)?;
        let plain = [("ant", &self.ant), ("sealing", &self.sealing), ("digest", &self.digest)];
        let channels = self.rongshu.ours.iter().map(|(partner, path)| (partner.as_str(), path));
        for (partner, path) in plain.into_iter().chain(channels) {
            secrets::put(store, partner, &read(path)?)?;
        }
        Ok(())
    }
}

/// Ant's secrets, our side and theirs: two access keys, so that a rotation can be tried, and the pair of keys for
/// identity data.
fn ant(pair: &KeyPair) -> Result<(Value, Value)> {
    let mut keys = Vec::new();
    for id in ["local-1", "local-2"] {
        keys.push(json!({"access_key_id": id, "access_key_secret": BASE64_STANDARD.encode(random()?)}));
    }
    Ok((
        json!({"keys": keys, "encryption_public_key": pair.public_key}),
        json!({"keys": keys, "encryption_private_key": pair.private_key}),
    ))
}

fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    SystemRandom::new().fill(&mut bytes).ok().context("the system has no randomness")?;
    Ok(bytes)
}

fn read(path: &Path) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("{}", path.display()))
}

/// Writes a file that only its owner may read.
fn write(path: &Path, json: &Value) -> Result<()> {
    OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o600)
        .open(path)
        .and_then(|mut file| writeln!(file, "{json:#}"))
        .with_context(|| format!("{}", path.display()))
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt as _, path::PathBuf};

    use serde_json::Value;

    use super::{Folder, KeyPair, LocalSecrets};

    fn open(folder: &Folder) -> LocalSecrets {
        let pair = || Ok(KeyPair { private_key: "dGhlaXJz".to_owned(), public_key: "b3Vycy4u".to_owned() });
        LocalSecrets::open(folder, pair).unwrap()
    }

    fn paths(secrets: &LocalSecrets) -> Vec<&PathBuf> {
        let channels = secrets.rongshu.ours.iter().map(|(_, path)| path);
        let others =
            [&secrets.ant, &secrets.ant_sandbox, &secrets.sealing, &secrets.digest, &secrets.rongshu.sandbox];
        others.into_iter().chain(channels).collect()
    }

    #[test]
    fn both_sides_have_what_fits_together_and_it_is_kept() {
        let root = std::env::temp_dir().join(format!("tenor-secrets-{}", std::process::id()));
        let folder = Folder::at(&root);
        let secrets = open(&folder);
        let texts = || paths(&secrets).into_iter().map(|path| fs::read_to_string(path).unwrap());
        let made: Vec<_> = texts().collect();
        let modes: Vec<_> = paths(&secrets)
            .into_iter()
            .map(|path| fs::metadata(path).unwrap().permissions().mode() & 0o777)
            .collect();
        open(&folder);
        let kept: Vec<_> = texts().collect();
        secrets.rongshu.point_to("http://127.0.0.1:3900").unwrap();
        let pointed: Vec<_> = texts().collect();
        fs::remove_dir_all(&root).unwrap();

        assert_eq!(kept, made);
        assert_eq!(modes, [0o600; 7]);
        let json = |text: &String| serde_json::from_str::<Value>(text).unwrap();
        let [ours, theirs] = [&made[0], &made[1]].map(json);
        assert_eq!(ours["keys"], theirs["keys"]);
        assert_eq!(ours["keys"].as_array().map(Vec::len), Some(2));
        assert_eq!(ours["encryption_public_key"], "b3Vycy4u");
        assert_eq!(theirs["encryption_private_key"], "dGhlaXJz");
        assert_ne!(made[2], made[3], "no key serves for two things");
        assert_eq!(json(&pointed[5])["base_url"], "http://127.0.0.1:3900/rongshu/840/");
        assert_eq!(json(&pointed[6])["base_url"], "http://127.0.0.1:3900/rongshu/rongshu/");
    }
}
