//! The secrets that the local platform makes are what the functions read.

use domain::marketplace::PullKind;
use lease::ant::AntSecret;
use local::JsonService;
use marketplace::{channel::ChannelConfig, digest::DigestKey};
use platform::{seal::SealingKeys, secrets::FromSecret};
use serde_json::json;

use crate::world::platform;

/// What a standard parameter takes.
const PARAMETER_BYTES: usize = 4096;

#[test]
fn parameter_store_has_what_the_functions_read() {
    let names =
        ["/tenor/ant", "/tenor/digest", "/tenor/rongshu/840", "/tenor/rongshu/rongshu", "/tenor/sealing"];
    let input = json!({"Names": names, "WithDecryption": true});
    let answer = platform().engine.json(JsonService::Ssm, "GetParameters", &input).unwrap();
    let secret = |name: &str| {
        let parameters = answer["Parameters"].as_array().unwrap();
        let parameter = parameters.iter().find(|parameter| parameter["Name"] == name).unwrap();
        assert_eq!(parameter["Type"], "SecureString");
        let value = parameter["Value"].as_str().unwrap();
        assert!(value.len() < PARAMETER_BYTES, "{name}: {} bytes", value.len());
        value.to_owned()
    };
    let ant = AntSecret::from_secret(&secret("/tenor/ant")).unwrap();
    assert_eq!(ant.keys().count(), 2, "so that a rotation can be tried");
    SealingKeys::from_secret(&secret("/tenor/sealing")).unwrap();
    DigestKey::from_secret(&secret("/tenor/digest")).unwrap();
    for channel in ["840", "rongshu"] {
        let config = ChannelConfig::from_secret(&secret(&format!("/tenor/rongshu/{channel}"))).unwrap();
        let pull = config.pull_url(PullKind::Device);
        let sandbox = &platform().outputs.sandbox_url;
        assert_eq!(pull, format!("{sandbox}/rongshu/{channel}/api/v2/data/device.do"));
    }
}
