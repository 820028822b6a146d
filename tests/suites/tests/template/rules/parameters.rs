//! What a parameter takes. The engine says, as CloudFormation would before it deploys anything.

use std::process;

use local::{Engine, Outputs};
use serde_json::{Value, json};

use crate::template::Template;

const BUCKET: &str = "parameters";
const JWKS: &str = "SessionJwks";

/// Whether a stack is created that has just this parameter, with this value.
fn takes(parameter: &Value, value: &str, name: &str) -> bool {
    // A platform that is kept has the stacks of the runs before.
    let stack = format!("{name}-{}", process::id());
    let outputs = Outputs::from_env().unwrap();
    let engine = Engine::new(&outputs.aws_endpoint, &outputs.region, &outputs.iam);
    let template = json!({
        "Parameters": {JWKS: parameter},
        "Resources": {"Topic": {"Type": "AWS::SNS::Topic"}},
    });
    let key = format!("{stack}.json");
    engine.create_bucket(BUCKET).unwrap();
    engine.put_object(BUCKET, &key, template.to_string().into_bytes()).unwrap();
    let url = format!("https://s3.amazonaws.com/{BUCKET}/{key}");
    engine.create_stack(&stack, &url, &[(JWKS, value)]).is_ok()
}

#[test]
fn session_keys_that_were_mangled_on_their_way_are_not_deployed() {
    let template = Template::deployed();
    let parameter = template.parameter(JWKS);
    let whole = r#"{"keys":[{"kty":"OKP","kid":"a","x":"A"},{"kty":"OKP","kid":"b","x":"B"}]}"#;
    for (number, mangled) in [
        "{",
        "",
        "{}",
        r#"{"keys":[]}"#,
        r#""keys":[{"kid":"a","x":"A"}]"#,
        "{keys:[{kty:OKP,crv:Ed25519,kid:a,x:A}]}",
        &whole[..whole.len() - 2],
    ]
    .into_iter()
    .enumerate()
    {
        assert!(!takes(parameter, mangled, &format!("mangled-{number}")), "{mangled}");
    }
    let spread = "{\n  \"keys\": [\n    {\"kty\": \"OKP\", \"kid\": \"a\", \"x\": \"A\"}\n  ]\n}\n";
    assert!(takes(parameter, whole, "whole"));
    assert!(takes(parameter, spread, "spread"));
}

#[test]
fn a_parameter_that_takes_mangled_session_keys_is_found() {
    let mut lax = Template::deployed().parameter(JWKS).clone();
    lax["AllowedPattern"] = json!(r"\{[\s\S]*");
    assert!(takes(&lax, "{", "lax"));
}
