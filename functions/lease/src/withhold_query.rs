//! `GET …/withhold-sign` (seed 1.1 step 4, 1.1.3): asks Ant whether the withhold agreement is signed.

use domain::lease::Query;
use platform::Scope;

use crate::change::Done;
use crate::deps::Deps;
use crate::failure::Failure;
use crate::look::{Asker, look};
use crate::store::StoredOrder;
use crate::wire::{BadInput, Call, Fields, Operation};

/// The operation.
#[derive(Clone, Copy, Debug)]
pub struct WithholdQuery;

impl Operation for WithholdQuery {
    const FUNCTION: &'static str = "withhold-query";
    const ROUTE: (&'static str, &'static str) = ("GET", "/withhold-sign");
    const HAS_BODY: bool = false;
    type Input = ();

    fn read(fields: Fields) -> Result<(), BadInput> {
        fields.finish()
    }

    async fn handle(
        deps: &Deps,
        scope: &Scope,
        call: Call<()>,
        stored: Option<StoredOrder>,
    ) -> Result<Done, Failure> {
        let stored = stored.ok_or(Failure::NotFound)?;
        let asker = Asker::of(&call.caller);
        let (stored, reply) = look(deps, scope, &asker, stored, Query::WithholdSignQuery).await?;
        let data = reply.map(|reply| reply.members).unwrap_or_default();
        Ok(Done { stored, data, kept: false })
    }
}
