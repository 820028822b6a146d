//! The file of secrets.

use std::fs;

use serde_json::{Value, json};

use super::keys::contents;
use super::lender::{file, sandbox};
use crate::running::{Running, command};

#[test]
fn without_secrets_rongshu_says_what_is_missing() {
    let sandbox = Running::start();
    let answer = sandbox.post("/rongshu/840/api/v2/data/device.do");
    assert_eq!(answer.status, 503);
    let text = String::from_utf8(answer.body).expect("text");
    assert!(text.contains("--rongshu-secrets"), "{text}");
    let entry = &sandbox.requests("?partner=rongshu")[0];
    assert_eq!((&entry["outcome"], &entry["verified"]), (&json!("without_secrets"), &json!(false)));
    assert_eq!(sandbox.post("/_control/rongshu/call/userCheck").status, 409);
    assert_eq!(sandbox.put("/_control/rongshu/data/1", b"{}").status, 200, "data can be set before");
}

#[test]
fn keys_are_read_as_pem_and_as_base64_with_line_breaks() {
    assert_eq!(sandbox().get("/_control/health").status, 200);
}

fn changed(change: impl FnOnce(&mut Value)) -> String {
    let mut contents = contents();
    change(&mut contents["channels"]["rongshu"]);
    contents.to_string()
}

#[test]
fn a_file_that_cannot_be_used_is_a_clear_error_that_quotes_nothing_of_it() {
    for (text, reason) in [
        ("the private words".to_owned(), "line 1"),
        (changed(|channel| channel["cipher"] = json!("the private words")), "line 1"),
        (changed(|channel| channel["sign_alg"] = json!("MD5")), "line 1"),
        (changed(|channel| channel["colour"] = json!("red")), "line 1"),
        (changed(|channel| channel["platform_private_key"] = json!("the private words")), "PKCS#8"),
        (changed(|channel| channel["our_public_key"] = json!("-----BEGIN PUBLIC KEY-----")), "SPKI"),
        (changed(|channel| channel["app_id"] = json!("")), "app_id is empty"),
        (changed(|channel| channel["aes_key"] = json!("0001")), "32 hexadecimal digits"),
        (changed(|channel| channel["aes_key"] = Value::Null), "needs an aes_key"),
        (json!({"channels": {}}).to_string(), "at least one channel"),
    ] {
        let path = file(&text);
        let output =
            command(0).args(["--rongshu-secrets".as_ref(), path.as_os_str()]).output().expect("it starts");
        fs::remove_file(&path).expect("it was there");
        assert!(!output.status.success(), "{reason}");
        let error = String::from_utf8_lossy(&output.stderr).into_owned();
        let named = error.starts_with(&format!("sandbox: {} is no file of Rongshu's", path.display()));
        assert!(named && error.contains(reason) && !error.contains("private words"), "{error}");
    }
    let output = command(0).args(["--rongshu-secrets", "/nowhere/rongshu.json"]).output().expect("it starts");
    assert!(String::from_utf8_lossy(&output.stderr).contains("/nowhere/rongshu.json cannot be read"));
}
