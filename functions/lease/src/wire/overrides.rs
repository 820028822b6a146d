use platform::Masked;
use platform::config::FromVariable;

/// Who may override a precondition (§12): IAM users and roles by their ARNs. Of a session that a role was assumed for,
/// the role counts; the session's ARN has not the role's path, and needs none: names of roles are unique in an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OverrideCallers(Vec<String>);

impl FromVariable for OverrideCallers {
    const KIND: &'static str = "ARNs of IAM users and roles, separated by commas";

    fn from_variable(text: &str) -> Result<Self, String> {
        let arns: Vec<String> = text.split(',').map(|arn| arn.trim().to_owned()).collect();
        if arns.iter().any(|arn| !arn.starts_with("arn:")) {
            return Err(format!("is not {}", Self::KIND));
        }
        Ok(Self(arns))
    }
}

impl OverrideCallers {
    /// Whether the caller with this ARN is one of them.
    #[must_use]
    pub fn allow(&self, caller: Option<&Masked<String>>) -> bool {
        let Some(arn) = caller.cloned().map(Masked::into_inner) else {
            return false;
        };
        let role = role_of(&arn);
        self.0.iter().any(|allowed| *allowed == arn || (role.is_some() && role == without_path(allowed)))
    }
}

/// `arn:aws:sts::1:assumed-role/Name/session` is a session of `arn:aws:iam::1:role/Name`.
fn role_of(arn: &str) -> Option<String> {
    let (head, session) = arn.split_once(":assumed-role/")?;
    let (name, _) = session.split_once('/')?;
    let account = head.replacen(":sts:", ":iam:", 1);
    Some(format!("{account}:role/{name}"))
}

/// A role's ARN without its path; `None` if it is no role's.
fn without_path(arn: &str) -> Option<String> {
    let (account, role) = arn.split_once(":role/")?;
    let name = role.rsplit('/').next()?;
    Some(format!("{account}:role/{name}"))
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use platform::Masked;
    use platform::config::FromVariable;

    use super::OverrideCallers;

    fn allows(arn: &str) -> bool {
        let callers = OverrideCallers::from_variable(
            "arn:aws:iam::1:role/Desk, arn:aws:iam::1:user/ann,arn:aws:iam::1:role/credit/desk/Lead",
        )
        .unwrap();
        callers.allow(Some(&Masked::new(arn.to_owned())))
    }

    #[test]
    fn a_named_user_a_named_role_and_its_sessions_may_and_nobody_else() {
        assert!(allows("arn:aws:iam::1:user/ann"));
        assert!(allows("arn:aws:iam::1:role/Desk"));
        assert!(allows("arn:aws:sts::1:assumed-role/Desk/ann@example"));
        assert!(allows("arn:aws:iam::1:role/credit/desk/Lead"));
        assert!(allows("arn:aws:sts::1:assumed-role/Lead/ann@example"));
        for other in [
            "arn:aws:sts::2:assumed-role/Lead/ann",
            "arn:aws:sts::1:assumed-role/ann/ann",
            "arn:aws:iam::2:user/ann",
            "arn:aws:iam::1:user/anna",
            "arn:aws:sts::1:assumed-role/Desk2/ann",
            "arn:aws:sts::1:assumed-role/Desk",
            "",
        ] {
            assert!(!allows(other), "{other}");
        }
        assert!(!OverrideCallers::default().allow(None));
        assert!(OverrideCallers::from_variable("ann").is_err());
    }
}
