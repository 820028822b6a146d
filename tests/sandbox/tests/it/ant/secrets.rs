//! Ant's secrets: made anew for each run of the tests, and read from a file.

use std::fs;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::rand::{SecureRandom as _, SystemRandom};
use rsa::pkcs8::{DecodePrivateKey as _, DecodePublicKey as _, EncodePrivateKey as _, LineEnding};
use rsa::rand_core::{CryptoRng, Error, RngCore};
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey, RsaPublicKey};
use serde_json::{Value, json};

use crate::running::{Running, command};

pub(super) const FIRST_KEY: (&str, &str) = ("AK-first", "the first secret");
pub(super) const SECOND_KEY: (&str, &str) = ("AK-second", "the second secret");

/// The system's randomness, as the RSA crate wants it.
struct System(SystemRandom);

impl RngCore for System {
    fn next_u32(&mut self) -> u32 {
        rsa::rand_core::impls::next_u32_via_fill(self)
    }

    fn next_u64(&mut self) -> u64 {
        rsa::rand_core::impls::next_u64_via_fill(self)
    }

    fn fill_bytes(&mut self, bytes: &mut [u8]) {
        self.0.fill(bytes).expect("randomness");
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Error> {
        self.fill_bytes(bytes);
        Ok(())
    }
}

impl CryptoRng for System {}

fn private_key() -> &'static RsaPrivateKey {
    static KEY: OnceLock<RsaPrivateKey> = OnceLock::new();
    KEY.get_or_init(|| RsaPrivateKey::new(&mut System(SystemRandom::new()), 2048).expect("a key"))
}

/// Identity data as it goes to Ant.
pub(super) fn sealed(clear: &str) -> String {
    let key = RsaPublicKey::from(private_key());
    let random = &mut System(SystemRandom::new());
    STANDARD.encode(key.encrypt(random, Pkcs1v15Encrypt, clear.as_bytes()).expect("sealed"))
}

fn contents() -> Value {
    let key = |(id, secret): (&str, &str)| json!({"access_key_id": id, "access_key_secret": secret});
    let pem = private_key().to_pkcs8_pem(LineEnding::LF).expect("a PEM");
    json!({"keys": [key(FIRST_KEY), key(SECOND_KEY)], "encryption_private_key": pem.as_str()})
}

fn file(text: &str) -> PathBuf {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("ant-{}-{}.json", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    fs::write(&path, text).expect("a file");
    path
}

/// A sandbox whose Ant has secrets; their file is gone again once it runs.
pub(super) fn sandbox() -> Running {
    let path = file(&contents().to_string());
    let sandbox = Running::start_with(&["--ant-secrets", path.to_str().expect("a path")]);
    fs::remove_file(path).expect("it was there");
    sandbox
}

#[test]
fn without_secrets_the_gateway_says_what_is_missing() {
    let sandbox = Running::start();
    let answer = sandbox.post("/ant/gateway.do?method=antchain.ato.trade.get");
    assert_eq!(answer.status, 503);
    let text = String::from_utf8(answer.body).expect("text");
    assert!(text.contains("--ant-secrets"), "{text}");
    let entry = &sandbox.requests("?partner=ant")[0];
    assert_eq!((&entry["outcome"], &entry["verified"]), (&json!("without_secrets"), &json!(false)));
    let notify = sandbox.call("POST", "/_control/ant/notify", NOTIFICATION).expect("an answer");
    assert_eq!(notify.status, 409);
    assert_eq!(sandbox.put("/_control/ant/orders/LEASE-0001", b"{}").status, 200, "orders can be set before");
}

const NOTIFICATION: &[u8] =
    br#"{"order_id":"LEASE-0001","msg_publish_type":"ORDER_STATUS_CHANGE","msg_content":"{}"}"#;

#[test]
fn a_file_that_cannot_be_used_is_a_clear_error_that_quotes_nothing_of_it() {
    let without_pem = |mut contents: Value| {
        contents["encryption_private_key"] = json!("the private words");
        contents
    };
    let mut nameless = contents();
    nameless["keys"][1]["access_key_id"] = json!("");
    let mut keyless = contents();
    keyless["keys"] = json!([]);
    for (text, reason) in [
        ("the private words".to_owned(), "line 1"),
        (json!({"keys": ["the private words"], "encryption_private_key": ""}).to_string(), "line 1"),
        (without_pem(contents()).to_string(), "PKCS#8 PEM"),
        (nameless.to_string(), "an id and a secret"),
        (keyless.to_string(), "at least one key"),
    ] {
        let path = file(&text);
        let output =
            command(0).args(["--ant-secrets".as_ref(), path.as_os_str()]).output().expect("it starts");
        fs::remove_file(&path).expect("it was there");
        assert!(!output.status.success(), "{reason}");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        let named = error.starts_with(&format!("sandbox: {} is no file of Ant's secrets", path.display()));
        assert!(named && error.contains(reason), "{error}");
        assert!(!error.contains("private words") && !error.contains(FIRST_KEY.1), "{error}");
    }
    let output = command(0).args(["--ant-secrets", "/nowhere/ant.json"]).output().expect("it starts");
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere/ant.json cannot be read"));
}

#[test]
fn a_new_pair_of_keys_fits_together_and_is_new_each_time() {
    let pairs = [(); 2].map(|()| {
        let output = command(0).arg("--new-key-pair").output().expect("it starts");
        assert!(output.status.success());
        serde_json::from_slice::<Value>(&output.stdout).expect("a pair")
    });
    assert_ne!(pairs[0], pairs[1]);
    let [private, public] = ["private_key", "public_key"].map(|key| pairs[0][key].as_str().expect("a PEM"));
    let (private, public) =
        (RsaPrivateKey::from_pkcs8_pem(private).expect("PKCS#8"), RsaPublicKey::from_public_key_pem(public));
    assert_eq!(public.expect("SPKI"), private.to_public_key());
}
