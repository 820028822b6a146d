//! The lease context's jobs: for each function, the calls that it makes and the answer that it gives.

mod ant;
mod ant_notify;
mod change;
mod lease_reconcile;
mod look;
mod operations;
mod orders;
mod sign_flow;
mod wire;

use aws_lambda_events::apigw::{ApiGatewayV2httpRequest, ApiGatewayV2httpResponse};
use bench::Error;
use lambda_runtime::{LambdaEvent, run, service_fn};
use serde_json::{Map, Value, json};

use self::ant::{Ant, Secret};
use self::ant_notify::Notifications;
use self::orders::{Order, Orders};
use self::wire::Call;
use crate::clients::Aws;
use crate::encryption::PublicKey;
use crate::gateway;
use crate::outbox::Outbox;
use crate::sealing::Sealing;
use crate::secrets::Secrets;

const FRONT_TRADE_SYNC: &str = "antchain.ato.front.trade.sync";
const FRONT_SIGN_SUBMIT: &str = "antchain.ato.front.sign.submit";
const WITHHOLD_SIGN_CREATE: &str = "antchain.ato.withhold.sign.create";
const SIGN_FLOW_AUTH: &str = "antchain.ato.sign.flow.auth";
const WITHHOLD_PLAN_CANCEL: &str = "antchain.ato.withhold.plan.cancel";
const TRADE_SYNC: &str = "antchain.ato.trade.sync";
const WITHHOLD_SIGN_UNBIND: &str = "antchain.ato.withhold.sign.unbind";
const UNSIGN_CONFIRM: &str = "antchain.ato.withhold.signasyncunsign.confirm";
const TRADE_GET: &str = "antchain.ato.trade.get";
const SIGN_FLOW_GET: &str = "antchain.ato.sign.flow.get";
const WITHHOLD_SIGN_QUERY: &str = "antchain.ato.withhold.sign.query";

/// The variables that name the secrets.
const ANT_SECRET: &str = "ANT_SECRET_PARAMETER";
const SEALING_SECRET: &str = "SEALING_SECRET_PARAMETER";

/// What the jobs work with.
struct Lease {
    orders: Orders,
    ant: Ant,
    encryption: PublicKey,
    outbox: Outbox,
}

/// What a caller is told: the order as it stands, and what is told of it.
type Told = (Order, Map<String, Value>);

/// Does `job`.
pub(crate) async fn serve(job: &str) -> Result<(), Error> {
    let aws = Aws::read()?;
    let secrets = Secrets::read(&aws, &[ANT_SECRET, SEALING_SECRET]).await?;
    let secret: Secret = serde_json::from_str(secrets.of(ANT_SECRET)?)?;
    let lease = &Lease {
        orders: Orders::read(&aws, Sealing::of(secrets.of(SEALING_SECRET)?)?)?,
        ant: Ant::read(&secret)?,
        encryption: PublicKey::of(&secret.encryption_public_key)?,
        outbox: Outbox::read(&aws)?,
    };
    lease.orders.warm().await?;
    match job {
        "ant-notify" => {
            let notifications = &Notifications::read()?;
            let job = async |event: LambdaEvent<_>| lease.ant_notify(notifications, &event.payload).await;
            run(service_fn(job)).await
        }
        "lease-reconcile" => {
            run(service_fn(async |event: LambdaEvent<_>| lease.reconcile(&event.payload).await)).await
        }
        operation => {
            run(service_fn(async |event: LambdaEvent<_>| lease.operation(operation, &event.payload).await))
                .await
        }
    }
}

impl Lease {
    /// An operation of the platform's API.
    async fn operation(
        &self,
        operation: &str,
        request: &ApiGatewayV2httpRequest,
    ) -> Result<ApiGatewayV2httpResponse, Error> {
        let call = Call::read(request, operation)?;
        let found = self.orders.find(&call.order_id).await?;
        if operation == "pre-order-sync" {
            return answered(self.pre_order_sync(&call, found).await?);
        }
        let order = found.ok_or("no such order")?;
        answered(match operation {
            "contract-sign" => self.contract_sign(&call, order).await?,
            "withhold-sign" => self.withhold_sign(&call, order).await?,
            "contract-seal" => self.contract_seal(&call, order).await?,
            "sign-flow" => self.sign_flow(&call, order).await?,
            "withhold-plan-cancel" => self.withhold_plan_cancel(&call, order).await?,
            "lease-close" => self.lease_close(&call, order).await?,
            "withhold-unsign" => self.withhold_unsign(&call, order).await?,
            "unsign-confirm" => self.unsign_confirm(&call, order).await?,
            "withhold-query" => self.withhold_query(&call, order).await?,
            "order-query" => self.order_query(&call, order).await?,
            other => return Err(format!("{other} is no job").into()),
        })
    }
}

/// The order's id and state, with what is told of it.
fn answered((order, told): Told) -> Result<ApiGatewayV2httpResponse, Error> {
    let mut data = Map::from_iter([
        ("order_id".to_owned(), order.text("order_id")?.into()),
        ("state".to_owned(), order.text("state")?.into()),
    ]);
    data.extend(told);
    gateway::json(&json!({"code": "OK", "data": data}))
}
