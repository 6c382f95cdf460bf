//! The transport: it can express GET and nothing else.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use http::{Request, Response};
use http_body_util::BodyExt;
use kube::client::Body;

use super::decode::{LONGEST, Status, Wire};
use super::error::{broken, chain};
use super::network;
use super::stream::now;
use super::target::Target;
use crate::delta::Cause;
use crate::model::{ClockReading, Text, Time};

/// No answer to a request within this time is a fault.
pub(super) const ANSWER: Duration = Duration::from_secs(10);
/// An error's body is read up to this many bytes.
const ERROR_BODY: usize = 64 * 1024;

const PROTOBUF: &str = "application/vnd.kubernetes.protobuf";
/// A watch is had as protobuf where the server has it. What stands in front of a server may know JSON only.
const WATCH: &str = "application/vnd.kubernetes.protobuf;stream=watch, application/json";

/// An API server that we may ask.
#[derive(Clone)]
pub struct Server {
    target: Arc<Target>,
    client: Arc<Mutex<(u64, kube::Client)>>,
    refreshing: Arc<tokio::sync::Mutex<()>>,
}

/// An answer that is not a success.
#[derive(Debug)]
pub(super) enum Refusal {
    /// No answer at all.
    None(Cause),
    /// A status other than 2xx, and after how many seconds to come back.
    Status(Status, Option<u32>),
}

impl Server {
    pub(super) fn new(target: Arc<Target>, client: kube::Client) -> Self {
        Self { target, client: Arc::new(Mutex::new((0, client))), refreshing: Arc::default() }
    }

    fn client(&self) -> (u64, kube::Client) {
        self.client.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Asks for a path with its query, in JSON. What the answer tells of the server's clock is among its extensions.
    /// A refused login is renewed once, where the kubeconfig has a way to.
    pub(super) async fn get(&self, path: &str) -> Result<Response<Body>, Refusal> {
        self.answer(path, "application/json").await
    }

    /// Asks for a watch, in the form that the server likes best of those that we read.
    pub(super) async fn watch(&self, path: &str) -> Result<(Wire, Response<Body>), Refusal> {
        let response = self.answer(path, WATCH).await?;
        let form = response.headers().get(http::header::CONTENT_TYPE).and_then(|form| form.to_str().ok());
        let wire = if form.is_some_and(|form| form.starts_with(PROTOBUF)) { Wire::Protobuf } else { Wire::Json };
        Ok((wire, response))
    }

    async fn answer(&self, path: &str, accept: &'static str) -> Result<Response<Body>, Refusal> {
        let (generation, client) = self.client();
        match self.ask(client, path, accept).await {
            Err(Refusal::Status(status, _)) if status.code == 401 && self.renew(generation).await => {
                let (_, client) = self.client();
                self.ask(client, path, accept).await
            }
            answer => answer,
        }
    }

    async fn ask(&self, client: kube::Client, path: &str, accept: &'static str) -> Result<Response<Body>, Refusal> {
        let _awake = network::beat().awake();
        let request = Request::get(path)
            .header(http::header::USER_AGENT, user_agent())
            .header(http::header::ACCEPT, accept)
            // A compressed watch comes as many gzip members (R9.7), which kube's decoder does not read.
            .header(http::header::ACCEPT_ENCODING, "identity")
            .body(Body::empty())
            .map_err(|error| Refusal::None(Cause::Malformed(Text::from(error.to_string()))))?;
        let sent = now();
        let answer = tokio::time::timeout(self.target.patience(), client.send(request));
        let response = match answer.await {
            Err(_) => return Err(Refusal::None(Cause::Stalled(self.target.patience()))),
            Ok(Err(error)) => return Err(Refusal::None(Cause::Unreachable(chain(&error).into()))),
            Ok(Ok(response)) => response,
        };
        if response.status().is_success() {
            let mut response = response;
            if let Some(reading) = reading(response.headers(), sent, now()) {
                response.extensions_mut().insert(reading);
            }
            return Ok(response);
        }
        let code = response.status().as_u16();
        let retry_after = response.headers().get(http::header::RETRY_AFTER);
        let retry_after = retry_after.and_then(|value| value.to_str().ok()?.parse().ok());
        let body = tokio::time::timeout(ANSWER, read(response.into_body(), ERROR_BODY)).await;
        let body = body.ok().and_then(Result::ok).unwrap_or_default();
        let mut status = Status::read(&body);
        if status.words().is_empty() {
            // Not from an API server: a proxy's page, perhaps.
            status.message = first_words(&body);
        }
        status.code = code;
        let after = retry_after.or(status.retry_after);
        Err(Refusal::Status(status, after))
    }

    /// Logs in anew, unless someone else has since `generation`. False where there is nothing to log in with again.
    async fn renew(&self, generation: u64) -> bool {
        let _one_at_a_time = self.refreshing.lock().await;
        if self.client().0 != generation {
            return true;
        }
        let Some(client) = self.target.log_in_again().await else { return false };
        let mut held = self.client.lock().unwrap_or_else(PoisonError::into_inner);
        *held = (generation + 1, client);
        true
    }
}

/// What an answer tells of the server's clock. One that was kept somewhere on its way has an age, and tells nothing.
fn reading(headers: &http::HeaderMap, sent: Time, received: Time) -> Option<ClockReading> {
    if headers.contains_key(http::header::AGE) {
        return None;
    }
    let date = headers.get(http::header::DATE)?.to_str().ok()?;
    let date = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(date).ok()?;
    Some(ClockReading::of(Time(date.as_millisecond()), sent, received))
}

/// The server's version in an answer to `/version`, for example `v1.37.2`.
pub(super) async fn version(body: Body) -> Option<String> {
    #[derive(serde::Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Version {
        git_version: String,
    }
    let body = tokio::time::timeout(ANSWER, read(body, ERROR_BODY)).await.ok()?.ok()?;
    serde_json::from_slice(&body).ok().map(|version: Version| version.git_version)
}

/// The first line of a body that is no Status.
fn first_words(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(&body[..body.len().min(400)]);
    text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default().chars().take(100).collect()
}

fn user_agent() -> String {
    format!("podpath/{} ({}/{})", env!("CARGO_PKG_VERSION"), std::env::consts::OS, std::env::consts::ARCH)
}

/// Reads the body of one object. It is bounded by what a server can hold.
pub(super) async fn whole(body: Body) -> Result<Vec<u8>, Cause> {
    match tokio::time::timeout(ANSWER, read(body, LONGEST)).await {
        Err(_) => Err(Cause::Stalled(ANSWER)),
        Ok(Err(error)) => Err(broken(&error)),
        Ok(Ok(bytes)) => Ok(bytes),
    }
}

/// Reads a body up to `most` bytes; what is longer is cut.
async fn read(mut body: Body, most: usize) -> Result<Vec<u8>, kube::Error> {
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        if let Some(data) = frame?.data_ref() {
            bytes.extend_from_slice(data);
        }
        if bytes.len() >= most {
            bytes.truncate(most);
            break;
        }
    }
    Ok(bytes)
}
