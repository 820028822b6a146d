//! Random histories of events, repeated and out of order, against a small reference model.

use std::collections::BTreeSet;

use proptest::prelude::*;
use suites::instalment::Instalment;

use super::{event, tell};

#[derive(Clone, Debug)]
struct Told {
    id: u8,
    client: u8,
    number: Option<u8>,
    state: &'static str,
    second: u8,
}

/// What §11 and §13 say, written for one pass over the messages as they arrive.
#[derive(Default)]
struct Model {
    known: BTreeSet<(u8, u8)>,
    rows: Vec<ModelRow>,
    refused: usize,
}

struct ModelRow {
    client: u8,
    number: Option<u8>,
    state: &'static str,
    second: u8,
}

impl ModelRow {
    fn is_over(&self) -> bool {
        ["cancel", "reject", "CLOSED"].contains(&self.state)
    }
}

impl Model {
    fn hear(&mut self, told: &Told) {
        if self.known.contains(&(told.client, told.id)) {
            return;
        }
        let newest = self.rows.iter().rposition(|row| row.client == told.client);
        let awaiting =
            newest.filter(|place| self.rows[*place].number.is_none() && !self.rows[*place].is_over());
        let numbered = told.number.and_then(|number| {
            self.rows.iter().position(|row| row.client == told.client && row.number == Some(number))
        });
        let stuck = told.number.is_none()
            && awaiting.is_none()
            && newest.is_some_and(|place| !self.rows[place].is_over());
        let place = numbered.or(awaiting);
        let late = place
            .is_some_and(|place| self.rows[place].state == "CLOSED" || told.second < self.rows[place].second);
        let foreign = self.rows.iter().any(|row| row.client != told.client && row.number == told.number)
            && told.number.is_some();
        if stuck || (foreign && !late) {
            self.refused += 1;
            return;
        }
        self.known.insert((told.client, told.id));
        match place {
            _ if late => {}
            Some(place) => {
                let row = &mut self.rows[place];
                (row.state, row.second) = (told.state, told.second);
                row.number = row.number.or(told.number);
            }
            None => {
                let Told { client, number, state, second, .. } = *told;
                self.rows.push(ModelRow { client, number, state, second });
            }
        }
    }

    fn of(&self, client: u8) -> Vec<(String, Option<String>)> {
        let rows = self.rows.iter().filter(|row| row.client == client);
        rows.map(|row| (row.state.to_owned(), row.number.map(|number| format!("77-{number}")))).collect()
    }
}

fn told() -> impl Strategy<Value = Told> {
    let state =
        prop::sample::select(vec!["init", "scoring", "active", "active", "cancel", "reject", "CLOSED"]);
    (0..12_u8, 0..2_u8, prop::option::weighted(0.7, 0..4_u8), state, 0..60_u8)
        .prop_map(|(id, client, number, state, second)| Told { id, client, number, state, second })
}

async fn live_through(history: &[Told]) -> (Instalment, Model) {
    let (app, mut model) = (Instalment::new(), Model::default());
    for told in history {
        let number = told.number.map(|number| format!("77-{number}"));
        let (id, client) = (format!("e-{}", told.id), format!("c-{}", told.client));
        tell(&app, event(&id, &client, number.as_deref(), told.state, told.second)).await;
        model.hear(told);
    }
    (app, model)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_history_of_events_ends_as_the_model_says(history in prop::collection::vec(told(), 1..25)) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
        let (app, model) = runtime.unwrap().block_on(live_through(&history));
        for client in 0..2 {
            prop_assert_eq!(app.contracts(&format!("c-{client}")), model.of(client));
        }
        prop_assert_eq!(app.world.messages(suites::instalment::DEAD_LETTERS).len(), model.refused);
    }
}
