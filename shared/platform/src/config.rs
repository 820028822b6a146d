//! Typed configuration (design §7): environment variables read once into a struct, every error of them
//! reported at once, and docs/CONFIGURATION.md generated from the same declarations.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use crate::rfc3339;

/// One environment variable: its declaration is also its documentation.
#[derive(Clone, Copy, Debug)]
pub struct Variable {
    /// The name in the environment.
    pub name: &'static str,
    /// What it means, with its unit, in one sentence.
    pub meaning: &'static str,
    /// The text that stands for it when it is not set; `None` makes it required.
    pub default: Option<&'static str>,
}

/// A type that a variable's text is read into.
pub trait FromVariable: Sized {
    /// What texts are accepted, for the documentation.
    const KIND: &'static str;

    /// Reads the variable's text.
    ///
    /// # Errors
    /// What is wrong with the text, as the end of a sentence that begins with the variable's name.
    fn from_variable(text: &str) -> Result<Self, String>;
}

impl FromVariable for String {
    const KIND: &'static str = "text";

    fn from_variable(text: &str) -> Result<Self, String> {
        if text.is_empty() { Err("is empty".into()) } else { Ok(text.into()) }
    }
}

impl FromVariable for bool {
    const KIND: &'static str = "`true` or `false`";

    fn from_variable(text: &str) -> Result<Self, String> {
        match text {
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(format!("is not {}", Self::KIND)),
        }
    }
}

impl FromVariable for u16 {
    const KIND: &'static str = "a whole number, 0 to 65535";

    fn from_variable(text: &str) -> Result<Self, String> {
        text.parse().map_err(|_| format!("is not {}", Self::KIND))
    }
}

impl FromVariable for Duration {
    const KIND: &'static str = "milliseconds, 1 to 900000";

    fn from_variable(text: &str) -> Result<Self, String> {
        match text.parse() {
            Ok(milliseconds @ 1..=900_000) => Ok(Self::from_millis(milliseconds)),
            Ok(_) | Err(_) => Err(format!("is not a number of {}", Self::KIND)),
        }
    }
}

impl FromVariable for Timestamp {
    const KIND: &'static str = "an RFC 3339 instant with an offset";

    fn from_variable(text: &str) -> Result<Self, String> {
        rfc3339::parse(text).ok_or_else(|| format!("is not {}", Self::KIND))
    }
}

/// Where the system runs: decides whether plain HTTP may be spoken to a loopback address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// In an AWS account.
    Production,
    /// On a developer's machine, against the local engine and the partner sandbox.
    Local,
}

impl FromVariable for Stage {
    const KIND: &'static str = "`production` or `local`";

    fn from_variable(text: &str) -> Result<Self, String> {
        match text {
            "production" => Ok(Self::Production),
            "local" => Ok(Self::Local),
            _ => Err(format!("is not {}", Self::KIND)),
        }
    }
}

/// What stands in docs/CONFIGURATION.md of one variable.
#[derive(Clone, Debug)]
pub struct Declared {
    /// The variable.
    pub variable: Variable,
    /// What texts it accepts.
    pub kind: &'static str,
    /// Whether it may be absent although it has no default.
    pub optional: bool,
}

/// The environment while it is read: it remembers what was declared and what was wrong.
pub struct Environment {
    variables: BTreeMap<String, String>,
    declared: Vec<Declared>,
    problems: Vec<String>,
}

impl Environment {
    /// The process's own environment. Variables that are not UTF-8 count as not set.
    #[must_use]
    pub fn process() -> Self {
        Self::of(
            std::env::vars_os()
                .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
        )
    }

    /// An environment of the given variables.
    pub fn of<N: Into<String>, V: Into<String>>(variables: impl IntoIterator<Item = (N, V)>) -> Self {
        let variables = variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        Self { variables, declared: Vec::new(), problems: Vec::new() }
    }

    /// Reads a required variable, or one with a default. `None` means that a problem was noted.
    pub fn read<T: FromVariable>(&mut self, variable: Variable) -> Option<T> {
        self.declared.push(Declared { variable, kind: T::KIND, optional: false });
        let text = self.variables.get(variable.name).map(String::as_str).or(variable.default);
        let Some(text) = text else {
            self.problems.push(format!("{} is not set", variable.name));
            return None;
        };
        T::from_variable(text)
            .inspect_err(|problem| self.problems.push(format!("{} {problem}", variable.name)))
            .ok()
    }

    /// Reads a variable that may be absent: `Some(None)` when it is, or is empty.
    pub fn read_optional<T: FromVariable>(&mut self, variable: Variable) -> Option<Option<T>> {
        if self.variables.get(variable.name).is_none_or(String::is_empty) {
            self.declared.push(Declared { variable, kind: T::KIND, optional: true });
            return Some(None);
        }
        self.read(variable).map(Some)
    }

    /// Notes a problem that lies between variables, each of them right by itself.
    pub fn note(&mut self, problem: String) {
        self.problems.push(problem);
    }

    /// Reads a whole configuration.
    ///
    /// # Errors
    /// Every problem of every variable.
    pub fn load<T>(mut self, read: impl FnOnce(&mut Self) -> Option<T>) -> Result<T, ConfigError> {
        match read(&mut self) {
            Some(value) if self.problems.is_empty() => Ok(value),
            Some(_) | None => Err(ConfigError { problems: self.problems }),
        }
    }

    /// What `read` declares, in its order, each variable once: the source of docs/CONFIGURATION.md.
    pub fn declarations<T>(read: impl FnOnce(&mut Self) -> Option<T>) -> Vec<Declared> {
        let mut environment = Self::of::<String, String>([]);
        let _ = read(&mut environment);
        let mut declared = environment.declared;
        let mut seen = Vec::new();
        declared.retain(|one| {
            let new = !seen.contains(&one.variable.name);
            seen.push(one.variable.name);
            new
        });
        declared
    }
}

/// Why a function did not start: every problem of its environment.
#[derive(Debug, thiserror::Error)]
pub struct ConfigError {
    /// Each as a sentence that begins with the variable's name.
    pub problems: Vec<String>,
}

impl fmt::Display for ConfigError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "configuration: {}", self.problems.join("; "))
    }
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use std::time::Duration;

    use super::{Environment, Variable};

    const NAME: Variable = Variable { name: "NAME", meaning: "a name", default: None };
    const WAIT_MS: Variable = Variable { name: "WAIT_MS", meaning: "a wait", default: Some("3000") };
    const FLAG: Variable = Variable { name: "FLAG", meaning: "a flag", default: Some("true") };

    fn read(environment: &mut Environment) -> Option<(String, Duration, bool)> {
        let (name, wait, flag) = (environment.read(NAME), environment.read(WAIT_MS), environment.read(FLAG));
        Some((name?, wait?, flag?))
    }

    #[test]
    fn defaults_stand_in_for_what_is_not_set() {
        let loaded = Environment::of([("NAME", "x")]).load(read).unwrap();
        assert_eq!(loaded, ("x".to_owned(), Duration::from_secs(3), true));
    }

    #[test]
    fn every_problem_is_reported_at_once() {
        let error = Environment::of([("WAIT_MS", "0"), ("FLAG", "yes")]).load(read).unwrap_err();
        assert_eq!(
            error.to_string(),
            "configuration: NAME is not set; WAIT_MS is not a number of milliseconds, 1 to 900000; \
             FLAG is not `true` or `false`"
        );
    }

    #[test]
    fn an_optional_variable_may_be_absent_or_empty_but_not_wrong() {
        let wait = |environment: &mut Environment| environment.read_optional::<Duration>(WAIT_MS);
        assert_eq!(Environment::of([("X", "")]).load(wait).unwrap(), None);
        assert_eq!(Environment::of([("WAIT_MS", "")]).load(wait).unwrap(), None);
        assert!(Environment::of([("WAIT_MS", "soon")]).load(wait).is_err());
    }

    #[test]
    fn an_instant_needs_an_offset() {
        let since = |environment: &mut Environment| environment.read::<jiff::Timestamp>(NAME);
        let read = |text: &str| Environment::of([("NAME", text)]).load(since);
        assert_eq!(read("1970-01-01T03:00:00+03:00").unwrap(), jiff::Timestamp::UNIX_EPOCH);
        assert!(read("1970-01-01T03:00:00").is_err());
    }

    #[test]
    fn declarations_name_each_variable_once_in_order() {
        let names: Vec<_> =
            Environment::declarations(read).iter().map(|declared| declared.variable.name).collect();
        assert_eq!(names, ["NAME", "WAIT_MS", "FLAG"]);
    }
}
