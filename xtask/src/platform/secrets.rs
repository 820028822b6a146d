//! The local platform's secrets: made once, in the folder `secrets`, and put where the functions look for theirs.

use std::{
    fs::{self, OpenOptions},
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, Result};
use base64::{Engine as _, prelude::BASE64_STANDARD};
use platform::{Random, aws::AwsSettings};
use rsa::{
    RsaPrivateKey,
    pkcs8::{EncodePrivateKey as _, EncodePublicKey as _, LineEnding},
    rand_core::OsRng,
};
use serde_json::{Value, json};

use super::Folder;
use crate::secrets::{Secret, put};

const ENCRYPTION_KEY_BITS: usize = 2048;

/// Where the local secrets lie.
pub(super) struct LocalSecrets {
    ant: PathBuf,
    ant_sandbox: PathBuf,
    sealing: PathBuf,
}

impl LocalSecrets {
    /// The secrets in `folder`; those that are not there yet are made.
    pub(super) fn open(folder: &Folder) -> Result<Self> {
        let secrets = folder.file("secrets");
        fs::create_dir_all(&secrets).with_context(|| format!("{} cannot be made", secrets.display()))?;
        let file = |name: &str| secrets.join(name);
        let opened = Self {
            ant: file("ant.json"),
            ant_sandbox: file("ant-sandbox.json"),
            sealing: file("sealing.json"),
        };
        if !opened.ant.exists() || !opened.ant_sandbox.exists() {
            let (ours, theirs) = ant()?;
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
    pub(super) fn put(&self, settings: AwsSettings) -> Result<()> {
        let secrets = [("ant", &self.ant), ("sealing", &self.sealing)].map(|(partner, path)| {
            let json = fs::read_to_string(path).with_context(|| format!("{}", path.display()))?;
            Ok(Secret { partner, json })
        });
        put(settings, &secrets.into_iter().collect::<Result<Vec<_>>>()?)?;
        Ok(())
    }
}

/// Ant's secrets, our side and theirs: two access keys, so that a rotation can be tried, and a pair of keys for
/// identity data.
fn ant() -> Result<(Value, Value)> {
    let mut keys = Vec::new();
    for id in ["local-1", "local-2"] {
        keys.push(json!({"access_key_id": id, "access_key_secret": BASE64_STANDARD.encode(random()?)}));
    }
    let private = RsaPrivateKey::new(&mut OsRng, ENCRYPTION_KEY_BITS)?;
    let public = private.to_public_key().to_public_key_pem(LineEnding::LF)?;
    let private = private.to_pkcs8_pem(LineEnding::LF)?;
    Ok((
        json!({"keys": keys, "encryption_public_key": public}),
        json!({"keys": keys, "encryption_private_key": private.as_str()}),
    ))
}

fn random() -> Result<[u8; 32]> {
    let mut bytes = [0; 32];
    Random::system().fill(&mut bytes)?;
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

    use base64::Engine as _;
    use platform::{Random, rsa_encryption::PublicKey, seal::SealingKeys, secrets::FromSecret as _};
    use rsa::{Pkcs1v15Encrypt, RsaPrivateKey, pkcs8::DecodePrivateKey as _};
    use serde_json::Value;

    use super::{BASE64_STANDARD, Folder, LocalSecrets};

    #[test]
    fn both_sides_have_what_fits_together_and_it_is_kept() {
        let root = std::env::temp_dir().join(format!("tenor-secrets-{}", std::process::id()));
        let folder = Folder::at(&root);
        let secrets = LocalSecrets::open(&folder).unwrap();
        let paths = [&secrets.ant, &secrets.ant_sandbox, &secrets.sealing];
        let texts = paths.map(|path| fs::read_to_string(path).unwrap());
        let modes = paths.map(|path| fs::metadata(path).unwrap().permissions().mode() & 0o777);
        LocalSecrets::open(&folder).unwrap();
        let kept = paths.map(|path| fs::read_to_string(path).unwrap());
        fs::remove_dir_all(&root).unwrap();

        assert_eq!(kept, texts);
        assert_eq!(modes, [0o600; 3]);
        let [ours, theirs] = [&texts[0], &texts[1]].map(|text| serde_json::from_str::<Value>(text).unwrap());
        assert_eq!(ours["keys"], theirs["keys"]);
        assert_eq!(ours["keys"].as_array().map(Vec::len), Some(2));
        assert!(SealingKeys::from_secret(&texts[2]).is_ok());
        let public = PublicKey::from_pem(ours["encryption_public_key"].as_str().unwrap()).unwrap();
        let encrypted = public.encrypt(&Random::seeded(1), b"x").unwrap();
        let private = theirs["encryption_private_key"].as_str().unwrap();
        let private = RsaPrivateKey::from_pkcs8_pem(private).unwrap();
        let encrypted = BASE64_STANDARD.decode(encrypted).unwrap();
        assert_eq!(private.decrypt(Pkcs1v15Encrypt, &encrypted).unwrap(), b"x");
        assert!(texts[0].len() < 4096 && texts[2].len() < 4096, "what a standard parameter takes");
    }
}
