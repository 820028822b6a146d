//! A sandbox of the test's own, and the official SDK as its caller.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::{env, fs};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::Request;
use local::Http;
use rsa::pkcs8::{EncodePrivateKey as _, LineEnding};
use rsa::rand_core::OsRng;
use rsa::{Pkcs1v15Encrypt, RsaPrivateKey};
use serde_json::{Value, json};

pub(crate) const SECRET: &str = "a secret with + and é";
const KEY: &str = "AK-sdk";
const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/antchain/calls.py");

/// The gateway that the sandbox plays.
pub(crate) struct Gateway {
    process: Child,
    url: String,
    private_key: RsaPrivateKey,
    http: Http,
}

fn folder(variable: &str) -> PathBuf {
    PathBuf::from(env::var_os(variable).unwrap_or_else(|| panic!("{variable} is not set")))
}

impl Gateway {
    pub(crate) fn start() -> Self {
        let private_key = RsaPrivateKey::new(&mut OsRng, 2048).expect("a key");
        let pem = private_key.to_pkcs8_pem(LineEnding::LF).expect("a PEM");
        let secrets = json!({
            "keys": [{"access_key_id": KEY, "access_key_secret": SECRET}], "encryption_private_key": pem.as_str(),
        });
        let file = format!("antchain-{}-{:?}.json", std::process::id(), std::thread::current().id());
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(file);
        fs::write(&path, secrets.to_string()).expect("a file");
        let mut process = Command::new(folder("TENOR_BINARIES").join("sandbox"))
            .args(["--port", "0", "--ant-secrets"])
            .arg(&path)
            .stdout(Stdio::piped())
            .spawn()
            .expect("the sandbox starts");
        let mut line = String::new();
        let output = process.stdout.take().expect("its output");
        BufReader::new(output).read_line(&mut line).expect("its first line");
        fs::remove_file(path).expect("it was there");
        let url = line.trim().strip_prefix("sandbox listening on ").expect("its address").to_owned();
        Self { process, url, private_key, http: Http::new() }
    }

    /// Identity data as it goes to Ant.
    pub(crate) fn sealed(&self, clear: &str) -> String {
        let public_key = self.private_key.to_public_key();
        STANDARD.encode(public_key.encrypt(&mut OsRng, Pkcs1v15Encrypt, clear.as_bytes()).expect("sealed"))
    }

    /// What the SDK makes of calls that it signs with `secret`: an `answer` or an `error` for each.
    pub(crate) fn call(&self, secret: &str, calls: &Value) -> Vec<Value> {
        let host = self.url.strip_prefix("http://").expect("a host");
        let told = json!({"host": host, "access_key_id": KEY, "access_key_secret": secret, "calls": calls});
        let mut python = Command::new(folder("TENOR_CHECKS").join("python"));
        // The SDK asks its environment for proxies.
        python.args(["-I", SCRIPT]).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut python = python.spawn().expect("Python starts");
        let mut input = python.stdin.take().expect("its input");
        input.write_all(told.to_string().as_bytes()).expect("it reads");
        drop(input);
        let output = python.wait_with_output().expect("it ends");
        assert!(output.status.success(), "the SDK's own messages are above");
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    /// The answers to calls that must all be OK.
    pub(crate) fn ok(&self, calls: &Value) -> Vec<Value> {
        let all = self.call(SECRET, calls);
        let answer = |mut made: Value| {
            assert_eq!(made["answer"]["result_code"], "OK", "{made}");
            made["answer"].take()
        };
        all.into_iter().map(answer).collect()
    }

    pub(crate) fn control(&self, path: &str, body: &Value) {
        let request =
            Request::put(format!("{}/_control{path}", self.url)).body(body.to_string().into_bytes());
        let answer = self.http.send(request.expect("a request")).expect("an answer");
        assert_eq!(answer.status, 200, "{body}");
    }

    /// What the gateway received, oldest first.
    pub(crate) fn received(&self) -> Vec<Value> {
        let answer = self.http.get(&format!("{}/_control/requests?partner=ant", self.url));
        serde_json::from_str(&answer.expect("an answer").text()).expect("an array")
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
