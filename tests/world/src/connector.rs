//! The SDK's HTTP connector, behind which the world stands.

use std::time::Duration;

use aws_smithy_runtime_api::client::http::{
    HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector,
};
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, HttpResponse};
use aws_smithy_runtime_api::client::result::ConnectorError;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use bytes::Bytes;
use http_body_util::BodyExt;

use crate::World;
use crate::call::Call;

/// Hands every request to the world, of the SDK's clients and of our own.
#[derive(Clone, Debug)]
pub struct Connector {
    world: World,
    generation: u64,
    read_timeout: Option<Duration>,
}

impl Connector {
    pub(crate) fn new(world: World, generation: u64) -> Self {
        Self { world, generation, read_timeout: None }
    }
}

impl HttpClient for Connector {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        SharedHttpConnector::new(Self { read_timeout: settings.read_timeout(), ..self.clone() })
    }
}

impl HttpConnector for Connector {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let connector = self.clone();
        HttpConnectorFuture::new(async move { connector.serve(request).await })
    }
}

impl Connector {
    async fn serve(self, request: HttpRequest) -> Result<HttpResponse, ConnectorError> {
        let answer = self.world.serve(Call::read(collected(request).await?), self.generation);
        match self.read_timeout {
            None => answer.await,
            Some(limit) => tokio::time::timeout(limit, answer)
                .await
                .unwrap_or_else(|elapsed| Err(ConnectorError::timeout(elapsed.into()))),
        }
    }
}

async fn collected(request: HttpRequest) -> Result<http::Request<Bytes>, ConnectorError> {
    let (head, body) =
        request.try_into_http1x().map_err(|error| ConnectorError::user(error.into()))?.into_parts();
    let body = body.collect().await.map_err(ConnectorError::user)?;
    Ok(http::Request::from_parts(head, body.to_bytes()))
}
