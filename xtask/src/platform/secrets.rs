//! The local platform's secrets: made once, in the folder `secrets`, and put where the functions look for theirs.

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

use super::{Folder, sandbox::KeyPair};
use crate::secrets;

/// Where the local secrets lie.
pub(super) struct LocalSecrets {
    ant: PathBuf,
    ant_sandbox: PathBuf,
    sealing: PathBuf,
}

impl LocalSecrets {
    /// The secrets in `folder`; those that are not there yet are made, with `new_key_pair` for identity data.
    pub(super) fn open(folder: &Folder, new_key_pair: impl FnOnce() -> Result<KeyPair>) -> Result<Self> {
        let secrets = folder.file("secrets");
        fs::create_dir_all(&secrets).with_context(|| format!("{} cannot be made", secrets.display()))?;
        let file = |name: &str| secrets.join(name);
        let opened = Self {
            ant: file("ant.json"),
            ant_sandbox: file("ant-sandbox.json"),
            sealing: file("sealing.json"),
        };
        if !opened.ant.exists() || !opened.ant_sandbox.exists() {
            let (ours, theirs) = ant(&new_key_pair()?)?;
            write(&opened.ant_sandbox, &theirs)?;
            write(&opened.ant, &ours)?;
        }
        if !opened.sealing.exists() {
            let key = BASE64_STANDARD.encode(random()?);
            write(&opened.sealing, &json!({"keys": [{"id": "local-1", "key": key}]}))?;
        }
        Ok(opened)
    }

    /// The file with Ant's side of its secrets.
    pub(super) fn ant_sandbox(&self) -> &Path {
        &self.ant_sandbox
    }

    /// Puts ours into Parameter Store.
    pub(super) fn put(&self, store: &ParameterStore) -> Result<()> {
        for (partner, path) in [("ant", &self.ant), ("sealing", &self.sealing)] {
            let json = fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
            secrets::put(store, partner, &json)?;
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
    use std::{fs, os::unix::fs::PermissionsExt as _};

    use serde_json::Value;

    use super::{Folder, KeyPair, LocalSecrets};

    fn open(folder: &Folder) -> LocalSecrets {
        let pair = || Ok(KeyPair { private_key: "theirs".to_owned(), public_key: "ours".to_owned() });
        LocalSecrets::open(folder, pair).unwrap()
    }

    #[test]
    fn both_sides_have_what_fits_together_and_it_is_kept() {
        let root = std::env::temp_dir().join(format!("tenor-secrets-{}", std::process::id()));
        let folder = Folder::at(&root);
        let secrets = open(&folder);
        let paths = [&secrets.ant, &secrets.ant_sandbox, &secrets.sealing];
        let texts = paths.map(|path| fs::read_to_string(path).unwrap());
        let modes = paths.map(|path| fs::metadata(path).unwrap().permissions().mode() & 0o777);
        open(&folder);
        let kept = paths.map(|path| fs::read_to_string(path).unwrap());
        fs::remove_dir_all(&root).unwrap();

        assert_eq!(kept, texts);
        assert_eq!(modes, [0o600; 3]);
        let [ours, theirs] = [&texts[0], &texts[1]].map(|text| serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(ours["keys"], theirs["keys"]);
        assert_eq!(ours["keys"].as_array().map(Vec::len), Some(2));
        assert_eq!(ours["encryption_public_key"], "ours");
        assert_eq!(theirs["encryption_private_key"], "theirs");
    }
}
