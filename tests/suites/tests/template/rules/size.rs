//! How large the template may be.

use super::{Complaints, assert_kept, demand};
use crate::template::Template;

/// CloudFormation takes 500.
const MOST_RESOURCES: usize = 450;

fn template_is_small_enough(template: &Template) -> Complaints {
    let mut complaints = Complaints::new();
    demand(&mut complaints, template.size() <= MOST_RESOURCES, "the template", "has over 450 resources");
    complaints
}

#[test]
fn the_template_stays_below_450_resources() {
    assert_kept(template_is_small_enough);
}

#[test]
fn a_template_of_451_resources_is_found() {
    let mut template = Template::deployed();
    for number in template.size()..=MOST_RESOURCES {
        template = template.copying("Alarms", &format!("Alarms{number}"));
    }
    assert_eq!(template_is_small_enough(&template), ["the template has over 450 resources"]);
}
