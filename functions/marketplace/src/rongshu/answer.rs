//! What the platform answers to a pull (§1): `code`, `message`, `status`, `data`, `type`.

use domain::marketplace::{self, PullFailure};
use platform::json;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Numbers were seen as texts and the reverse.
#[derive(Deserialize)]
struct WirePulled {
    code: Box<RawValue>,
    status: Option<Box<RawValue>>,
    data: Option<String>,
}

/// The data of an answer.
///
/// # Errors
/// It has none; the error says why.
pub(super) fn pulled(body: &[u8]) -> Result<String, PullFailure> {
    let wire: WirePulled = json::object(body).map_err(|_| PullFailure::Unreadable)?;
    let code = plain(&wire.code).parse().map_err(|_| PullFailure::Unreadable)?;
    let status = wire.status.as_deref().map(plain);
    marketplace::pulled(code, status.as_deref(), wire.data)
}

/// A number's text, or a text.
pub(super) fn plain(raw: &RawValue) -> String {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| raw.get().to_owned())
}

#[cfg(test)]
mod tests {
    use domain::marketplace::PullFailure;

    use super::pulled;

    #[test]
    fn the_data_is_taken_as_it_came_whether_numbers_are_numbers_or_texts() {
        for body in [
            r#"{"code":0,"message":"ok","status":"0","type":1,"data":"{\"a\": 1.50}"}"#,
            r#"{"code":"0","status":0,"data":"{\"a\": 1.50}"}"#,
        ] {
            assert_eq!(pulled(body.as_bytes()).as_deref(), Ok(r#"{"a": 1.50}"#), "{body}");
        }
    }

    #[test]
    fn what_has_no_data_says_why() {
        for (body, failure) in [
            (r#"{"code":10001,"message":"x"}"#, PullFailure::Refused),
            (r#"{"code":0,"status":"1","data":"x"}"#, PullFailure::NotReady),
            (r#"{"code":0,"data":"x"}"#, PullFailure::NotReady),
            (r#"{"code":0,"status":null,"data":"x"}"#, PullFailure::NotReady),
            (r#"{"code":0,"status":"0"}"#, PullFailure::Unreadable),
            (r#"{"code":0,"status":"0","data":" "}"#, PullFailure::Unreadable),
            (r#"{"code":0,"status":"0","data":{"a":1}}"#, PullFailure::Unreadable),
            (r#"{"code":"zero","status":"0","data":"x"}"#, PullFailure::Unreadable),
            (r#"{"status":"0","data":"x"}"#, PullFailure::Unreadable),
            ("[0]", PullFailure::Unreadable),
            ("<html>", PullFailure::Unreadable),
        ] {
            assert_eq!(pulled(body.as_bytes()), Err(failure), "{body}");
        }
    }
}
