use jiff::Timestamp;

use super::Presented;
use crate::Masked;
use crate::session::{Audience, Session, SessionVerifier};

/// Who may call a route: verified before anything else of the request is looked at.
pub trait Caller: Sized {
    /// What verifying needs.
    type Gate;

    /// Verifies the caller at the instant `now`.
    ///
    /// # Errors
    /// Why the caller is refused, for the log.
    fn admit(gate: &Self::Gate, presented: &Presented<'_>, now: Timestamp) -> Result<Self, String>;
}

/// Whoever asks.
#[derive(Clone, Copy, Debug)]
pub struct Anyone;

impl Caller for Anyone {
    type Gate = ();

    fn admit((): &(), _: &Presented<'_>, _: Timestamp) -> Result<Self, String> {
        Ok(Self)
    }
}

/// Whoever API Gateway's IAM authorizer let through.
#[derive(Clone, Debug)]
pub struct IamCaller {
    /// The caller's ARN, if API Gateway tells it. A session's ARN ends with what may be a person's name.
    pub arn: Option<Masked<String>>,
}

impl Caller for IamCaller {
    type Gate = ();

    fn admit((): &(), presented: &Presented<'_>, _: Timestamp) -> Result<Self, String> {
        let identity = presented.iam().ok_or("not authorized by IAM")?;
        Ok(Self { arn: identity.arn })
    }
}

impl<A: Audience> Caller for Session<A> {
    type Gate = SessionVerifier;

    fn admit(gate: &SessionVerifier, presented: &Presented<'_>, now: Timestamp) -> Result<Self, String> {
        gate.verify(presented.headers.get("authorization"), now).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use jiff::Timestamp;
    use serde_json::value::{RawValue, to_raw_value};
    use serde_json::{Value, json};

    use super::super::event::Event;
    use super::{Caller, IamCaller};

    fn admitted(event: &Value) -> Result<Option<String>, String> {
        let event: Box<RawValue> = to_raw_value(event).unwrap();
        let parts = Event::read(&event).map(Event::into_parts).unwrap();
        let caller = IamCaller::admit(&(), &parts.presented, Timestamp::UNIX_EPOCH);
        caller.map(|caller| caller.arn.map(crate::Masked::into_inner))
    }

    #[test]
    fn whom_the_iam_authorizer_let_through_is_admitted_with_its_arn_if_told() {
        let event = |iam: Value| json!({"requestContext": {"http": {}, "authorizer": {"iam": iam}}});
        let arn = "arn:aws:iam::123456789012:user/crm";
        assert_eq!(admitted(&event(json!({"accessKey": "k", "userArn": arn}))), Ok(Some(arn.to_owned())));
        assert_eq!(admitted(&event(json!({"userArn": null}))), Ok(None));
        assert_eq!(admitted(&event(json!({}))), Ok(None));
    }

    #[test]
    fn an_event_without_the_authorizers_word_is_denied_whatever_its_shape() {
        for event in [
            json!({}),
            json!({"requestContext": null}),
            json!({"requestContext": "x"}),
            json!({"requestContext": [{"iam": {}}]}),
            json!({"requestContext": {}}),
            json!({"requestContext": {"authorizer": null}}),
            json!({"requestContext": {"authorizer": {"jwt": {}}}}),
            json!({"requestContext": {"authorizer": [{}]}}),
            json!({"requestContext": {"authorizer": {"iam": null}}}),
            json!({"requestContext": {"authorizer": {"iam": "x"}}}),
            json!({"requestContext": {"authorizer": {"iam": ["x"]}}}),
            json!({"requestContext": {"authorizer": {"iam": {"userArn": 1}}}}),
            json!({"authorizer": {"iam": {}}}),
        ] {
            assert!(admitted(&event).is_err(), "{event}");
        }
    }
}
