//! A running platform, as a client and a partner see it.

use http::{Request, header};

use crate::{Engine, Error, Http, Outputs, Response, Result, SessionKeys};

/// A running platform: its routes, its sandbox and its AWS services.
#[derive(Debug)]
pub struct Platform {
    /// Where everything is.
    pub outputs: Outputs,
    /// The AWS side.
    pub engine: Engine,
    /// The keys that its functions trust.
    pub sessions: SessionKeys,
    http: Http,
}

impl Platform {
    /// Connects to the platform that `outputs` describes.
    ///
    /// # Errors
    /// When its session keys cannot be read.
    pub fn new(outputs: Outputs) -> Result<Self> {
        let engine = Engine::new(&outputs.aws_endpoint, &outputs.region, &outputs.iam);
        let sessions = SessionKeys::open(&outputs.session_keys)?;
        Ok(Self { outputs, engine, sessions, http: Http::new() })
    }

    /// A POST with a JSON body to one of our routes.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn post(&self, route: &str, token: Option<&str>, body: &[u8]) -> Result<Response> {
        let mut request = self.posting(route);
        if let Some(token) = token {
            request = request.header(header::AUTHORIZATION, format!("Bearer {token}"));
        }
        self.send(request.body(body.to_vec()))
    }

    /// A POST with a JSON body to one of our routes that are for IAM callers: it is signed with our own key.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn post_signed(&self, route: &str, body: &[u8]) -> Result<Response> {
        self.call_signed("POST", route, &[], body)
    }

    /// Any call of one of our routes that IAM guards, with these headers beside the body's.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn call_signed(
        &self,
        method: &str,
        route: &str,
        headers: &[(&str, &str)],
        body: &[u8],
    ) -> Result<Response> {
        let mut request = Request::builder().method(method).uri(format!("{}{route}", self.outputs.http_url));
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.to_vec());
        let mut request = request.map_err(|error| Error::unsendable(route, &error))?;
        self.engine.sign("execute-api", &mut request)?;
        self.http.send(request)
    }

    fn posting(&self, route: &str) -> http::request::Builder {
        Request::post(format!("{}{route}", self.outputs.http_url))
            .header(header::CONTENT_TYPE, "application/json")
    }

    /// A GET of one of our routes.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn get(&self, route: &str) -> Result<Response> {
        self.http.get(&format!("{}{route}", self.outputs.http_url))
    }

    /// A call to one of the sandbox's controls, such as `PUT`, `/mkk/lines/77-1`.
    ///
    /// # Errors
    /// When nobody answers, or the sandbox refuses.
    pub fn control(&self, method: &str, path: &str, body: &[u8]) -> Result<Response> {
        let url = format!("{}/_control{path}", self.outputs.sandbox_url);
        let request = Request::builder()
            .method(method)
            .uri(&url)
            .header(header::CONTENT_TYPE, "application/json")
            .body(body.to_vec());
        let answer = self.send(request)?;
        if answer.status < 300 {
            return Ok(answer);
        }
        let operation = format!("{method} {url}");
        Err(Error::Refused { operation, status: answer.status, body: answer.text() })
    }

    /// Any request, for what the other methods cannot say.
    ///
    /// # Errors
    /// When nobody answers.
    pub fn send(&self, request: http::Result<Request<Vec<u8>>>) -> Result<Response> {
        self.http.send(request.map_err(|error| Error::unsendable("the platform", &error))?)
    }
}
