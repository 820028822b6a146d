//! Session tokens: nobody has a session but who was given it, for whom it was given, under whatever bytes.

use jiff::Timestamp;
use platform::session::{AliFront, Baitiao, SessionVerifier};
use serde_json::{Value, json};
use suites::session::{Key, WORLD_START, claims, verifier};

use crate::Target;
use crate::input::{chosen, seed, text};

pub(super) const TARGET: Target = Target { name: "session-token", hold, seeds };

/// Whose session the only tokens are that were given.
const CLIENT: &str = "client-1";

/// What is done to a token.
enum Way {
    /// The input is the header.
    Raw,
    /// The input says which bytes of a right one are changed.
    Changed,
    /// The input is the claims, signed by one of our keys.
    Claims,
    /// The input is the claims, signed by a stranger's key under the name of ours.
    Forged,
}

fn hold(data: &[u8]) {
    let Some((way, rest)) = chosen(&[Way::Raw, Way::Changed, Way::Claims, Way::Forged], data) else { return };
    let header = match way {
        Way::Raw => text(rest).map(str::to_owned),
        Way::Changed => changed(rest),
        Way::Claims => {
            let claims = serde_json::from_slice::<Value>(rest).ok();
            return claims.into_iter().for_each(|claims| judged_by_claims(&claims));
        }
        Way::Forged => serde_json::from_slice::<Value>(rest)
            .ok()
            .map(|claims| format!("Bearer {}", Key::foreign().sign(&Key::first().header(), &claims))),
    };
    let Some(header) = header else { return };
    let (verifier, now) = (verifier(), now());
    if let Ok(session) = verifier.verify::<AliFront>(Some(&header), now) {
        assert_eq!(session.subject.into_inner(), CLIENT, "{header}");
        assert!(!matches!(way, Way::Forged), "{header}");
    }
    assert!(verifier.verify::<Baitiao>(Some(&header), now).is_err(), "a token of another front: {header}");
}

/// A right header with a byte changed for each two of the input: where, and how.
fn changed(edits: &[u8]) -> Option<String> {
    let mut header = right().into_bytes();
    for edit in edits.chunks_exact(2) {
        let place = usize::from(edit[0]) % header.len();
        header[place] ^= edit[1];
    }
    String::from_utf8(header).ok()
}

/// What is signed with our key counts only while it is valid, for its front and for somebody.
fn judged_by_claims(claims: &Value) {
    let key = Key::second();
    let header = format!("bearer {}", key.sign(&key.header(), claims));
    let seconds = |name: &str| claims[name].as_i64();
    match SessionVerifier::verify::<AliFront>(&verifier(), Some(&header), now()) {
        Ok(session) => {
            assert_eq!(
                Some(session.subject.into_inner().as_str()),
                claims["sub"].as_str().filter(|sub| !sub.is_empty())
            );
            assert_eq!(claims["aud"], "ali-front");
            assert!(seconds("exp").is_some_and(|exp| exp.saturating_add(60) >= WORLD_START), "{claims}");
            assert!(seconds("nbf").is_none_or(|nbf| nbf.saturating_sub(60) <= WORLD_START), "{claims}");
        }
        Err(_) => assert_ne!(*claims, suites::session::claims(CLIENT)),
    }
}

fn right() -> String {
    format!("Bearer {}", Key::first().token(CLIENT))
}

fn now() -> Timestamp {
    Timestamp::from_second(WORLD_START).expect("an instant")
}

fn seeds() -> Vec<Vec<u8>> {
    let right_claims = claims(CLIENT);
    let mut later = right_claims.clone();
    later["nbf"] = json!(WORLD_START + 30);
    let unsigned = Key::first().sign(&json!({"alg": "none", "kid": "k1"}), &right_claims);
    vec![
        seed(0, right()),
        seed(0, format!("Bearer {unsigned}")),
        seed(1, [60, 1]),
        seed(2, right_claims.to_string()),
        seed(2, later.to_string()),
        seed(3, right_claims.to_string()),
    ]
}
