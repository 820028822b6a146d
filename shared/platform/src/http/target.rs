//! What a request is addressed to beyond its route: the path's parameters and the query. They are read when an
//! operation asks, so that the routes without any do not pay for them.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use percent_encoding::percent_decode_str;
use serde_json::value::RawValue;

use super::Refusal;

/// How API Gateway writes that there is no query.
const NO_QUERY: &str = "\"\"";

/// The path's parameters and the query as they came, and as they were read.
#[derive(Debug, Default)]
pub(super) struct Target {
    path_parameters: Option<Box<RawValue>>,
    raw_query: Option<Box<RawValue>>,
    query_parameters: Option<Box<RawValue>>,
    path: OnceLock<BTreeMap<String, String>>,
    query: OnceLock<Result<Query, &'static str>>,
}

/// A request's query: each parameter once.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Query(BTreeMap<String, String>);

impl Target {
    /// Of the event's `pathParameters`, `rawQueryString` and `queryStringParameters`.
    pub(super) fn of(
        path_parameters: Option<&RawValue>,
        raw_query: Option<&RawValue>,
        query_parameters: Option<&RawValue>,
    ) -> Self {
        Self {
            path_parameters: path_parameters.map(ToOwned::to_owned),
            raw_query: raw_query.filter(|raw| raw.get() != NO_QUERY).map(ToOwned::to_owned),
            query_parameters: query_parameters.map(ToOwned::to_owned),
            ..Self::default()
        }
    }

    pub(super) fn path(&self, name: &str) -> Option<&str> {
        let path = self.path.get_or_init(|| {
            let parameters = self.path_parameters.as_deref();
            parameters.and_then(|raw| serde_json::from_str(raw.get()).ok()).unwrap_or_default()
        });
        path.get(name).map(String::as_str)
    }

    pub(super) fn query(&self) -> Result<&Query, Refusal> {
        let query = self.query.get_or_init(|| self.read_query());
        query.as_ref().map_err(|problem| Refusal::Request((*problem).to_owned()))
    }

    /// The raw text decides; an event made by hand may have the parsed parameters alone.
    fn read_query(&self) -> Result<Query, &'static str> {
        let unreadable = "the event's query is unreadable";
        if let Some(raw) = &self.raw_query {
            let text: String = serde_json::from_str(raw.get()).map_err(|_| unreadable)?;
            return Query::parse(&text);
        }
        let Some(raw) = &self.query_parameters else { return Ok(Query::default()) };
        serde_json::from_str(raw.get()).map(Query).map_err(|_| unreadable)
    }
}

impl Query {
    /// Reads `name=value&…`, percent-encoded; a parameter without `=` has an empty value.
    fn parse(text: &str) -> Result<Self, &'static str> {
        let mut parameters = BTreeMap::new();
        for pair in text.split('&').filter(|pair| !pair.is_empty()) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            // Which of two values counts would differ from reader to reader.
            if parameters.insert(decoded(name)?, decoded(value)?).is_some() {
                return Err("the query names a parameter twice");
            }
        }
        Ok(Self(parameters))
    }

    /// The value of the parameter `name`.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.get(name).map(String::as_str)
    }

    /// The names of all parameters, in their order.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

/// A plus is a space, as in a form.
fn decoded(text: &str) -> Result<String, &'static str> {
    let text = text.replace('+', " ");
    let decoded = percent_decode_str(&text).decode_utf8();
    decoded.map(String::from).map_err(|_| "the query is not UTF-8")
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests may unwrap")]
mod tests {
    use serde_json::value::to_raw_value;
    use serde_json::{Value, json};

    use super::super::event::Event;
    use super::Target;

    fn target(event: &Value) -> Target {
        let event = to_raw_value(event).unwrap();
        Event::read(&event).map(|event| event.into_parts().target).unwrap()
    }

    fn query(event: &Value) -> Result<Vec<(String, String)>, String> {
        let target = target(event);
        let query = target.query().map_err(|refusal| refusal.to_string())?;
        let named = |name: &str| (name.to_owned(), query.get(name).unwrap().to_owned());
        Ok(query.names().map(named).collect())
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn a_path_parameter_is_found_by_its_name_and_whatever_else_stands_there_is_none() {
        let two = target(&json!({"pathParameters": {"order_id": "LEASE-0001", "op": "x\"y"}}));
        assert_eq!(two.path("order_id"), Some("LEASE-0001"));
        assert_eq!(two.path("op"), Some("x\"y"));
        assert_eq!(two.path("other"), None);
        for event in [json!({}), json!({"pathParameters": null}), json!({"pathParameters": ["order_id"]})] {
            assert_eq!(target(&event).path("order_id"), None, "{event}");
        }
    }

    #[test]
    fn a_query_is_percent_decoded_and_its_raw_text_wins() {
        let event = json!({
            "rawQueryString": "source=new&note=a%20b+c%26%C3%A9&override&",
            "queryStringParameters": {"source": "old"},
        });
        let expected = pairs(&[("note", "a b c&é"), ("override", ""), ("source", "new")]);
        assert_eq!(query(&event), Ok(expected));
        for event in [json!({}), json!({"rawQueryString": ""}), json!({"rawQueryString": null})] {
            assert_eq!(query(&event), Ok(Vec::new()), "{event}");
        }
    }

    #[test]
    fn an_event_made_by_hand_may_have_the_parsed_parameters_alone() {
        for raw in [json!(null), json!("")] {
            let event = json!({"rawQueryString": raw, "queryStringParameters": {"source": "a%20b"}});
            assert_eq!(query(&event), Ok(pairs(&[("source", "a%20b")])));
        }
    }

    #[test]
    fn a_query_that_can_be_read_in_two_ways_is_refused_without_a_quotation() {
        let refused = |raw: &str| query(&json!({"rawQueryString": raw})).unwrap_err();
        assert_eq!(refused("a=1&b=2&%61=1"), "bad request: the query names a parameter twice");
        assert_eq!(refused("a=%ff"), "bad request: the query is not UTF-8");
        let unreadable = "bad request: the event's query is unreadable";
        assert_eq!(query(&json!({"rawQueryString": 1})).unwrap_err(), unreadable);
        assert_eq!(query(&json!({"queryStringParameters": {"a": 1}})).unwrap_err(), unreadable);
    }
}
