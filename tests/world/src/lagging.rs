//! Reads of indexes, which may lag behind their tables: such a read shows what an earlier one showed.

use serde_json::{Value, json};

use crate::Reply;
use crate::call::{Addressee, Call};

/// A read of a page of an index.
pub(crate) struct IndexRead {
    /// The page: table, index, partition and where it begins.
    pub(crate) page: String,
    bound: Option<Bound>,
}

/// Which sort keys are asked for, as in `#at <= :now`.
struct Bound {
    attribute: String,
    operator: String,
    value: String,
}

impl Call {
    /// The page of an index that the call reads. A consistent read, which local indexes offer, never lags.
    pub(crate) fn index_read(&self) -> Option<IndexRead> {
        let Addressee::Dynamo(request) = &self.addressee else { return None };
        if request["ConsistentRead"] == true {
            return None;
        }
        let index = request["IndexName"].as_str()?;
        let condition = request["KeyConditionExpression"].as_str().unwrap_or_default();
        let (of_partition, of_sort) = condition.split_once(" AND ").unwrap_or((condition, ""));
        let partition = of_partition.split([' ', '(', ')', '=']).find(|word| word.starts_with(':'));
        let partition = partition.map_or(&Value::Null, |name| &request["ExpressionAttributeValues"][name]);
        let start = &request["ExclusiveStartKey"];
        let page = format!("{} {index} {partition} {start}", request["TableName"]);
        Some(IndexRead { page, bound: Bound::read(of_sort, request) })
    }
}

impl IndexRead {
    /// What an earlier read of the page showed, as far as this one asks for it.
    pub(crate) fn of_shown(&self, shown: &Reply) -> Reply {
        let Some(bound) = &self.bound else { return shown.clone() };
        let mut page: Value = serde_json::from_slice(shown.body()).expect("DynamoDB's answers are JSON");
        let Some(Value::Array(mut items)) = page.get_mut("Items").map(Value::take) else {
            return shown.clone();
        };
        items.retain(|item| bound.takes(item));
        page["Count"] = items.len().into();
        page["ScannedCount"] = items.len().into();
        page["Items"] = items.into();
        if page.get("LastEvaluatedKey").is_some_and(|last| !bound.takes(last)) {
            page.as_object_mut().and_then(|members| members.remove("LastEvaluatedKey"));
        }
        shown.clone().with_body(page.to_string())
    }

    /// The page of an index that has nothing yet.
    pub(crate) fn of_nothing() -> Reply {
        let page = json!({"Items": [], "Count": 0, "ScannedCount": 0});
        Reply::new(200, page.to_string()).header("content-type", "application/x-amz-json-1.0")
    }
}

impl Bound {
    /// Reads `NAME OPERATOR :VALUE`.
    fn read(condition: &str, request: &Value) -> Option<Self> {
        let mut words = condition.split_whitespace();
        let (name, operator, value) = (words.next()?, words.next()?, words.next()?);
        assert_eq!(words.next(), None, "the world's lagging index does not know {condition}");
        let attribute = request["ExpressionAttributeNames"][name].as_str().unwrap_or(name);
        let value = request["ExpressionAttributeValues"][value]["S"].as_str();
        let value = value.expect("the world's lagging index knows texts for sort keys");
        Some(Self { attribute: attribute.to_owned(), operator: operator.to_owned(), value: value.to_owned() })
    }

    fn takes(&self, item: &Value) -> bool {
        let shown = item[&self.attribute]["S"].as_str().expect("an index shows its keys");
        match self.operator.as_str() {
            "=" => shown == self.value,
            "<" => shown < self.value.as_str(),
            "<=" => shown <= self.value.as_str(),
            ">" => shown > self.value.as_str(),
            ">=" => shown >= self.value.as_str(),
            other => panic!("the world's lagging index does not know {other}"),
        }
    }
}
