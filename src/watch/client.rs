//! The HTTP client: kube's layers for login, TLS and headers on a connector that notices a dead connection.
//!
//! kube's own connector has no TCP keepalive, so that a server that vanished without a word is missed for minutes.

use std::time::Duration;

use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use kube::client::{Body, ConfigExt};
use kube::{Config, Error};
use tower::{BoxError, ServiceBuilder};

use super::ahead::Ahead;

/// A connection without traffic is asked after this long whether it is there …
const IDLE: Duration = Duration::from_secs(10);
/// … again after this long …
const AGAIN: Duration = Duration::from_secs(5);
/// … and given up after so many questions: 25 s after the last sign of life.
const TIMES: u32 = 3;

/// Bytes of an answer that a connection reads ahead; by itself it would take half a megabyte, for each stream.
const READ: usize = 64 * 1024;

/// A client for a configuration whose login plugin has been run already.
pub(super) fn client(config: &Config) -> Result<kube::Client, Error> {
    if config.proxy_url.is_some() {
        // Between us and a proxy, a vanished server does not show in TCP; the silence of a watch does.
        return kube::Client::try_from(config.clone());
    }
    let mut tcp = HttpConnector::new();
    tcp.enforce_http(false);
    tcp.set_nodelay(true);
    tcp.set_connect_timeout(config.connect_timeout);
    tcp.set_keepalive(Some(IDLE));
    tcp.set_keepalive_interval(Some(AGAIN));
    tcp.set_keepalive_retries(Some(TIMES));
    #[cfg(target_os = "linux")]
    tcp.set_tcp_user_timeout(Some(IDLE + AGAIN * TIMES));
    let tcp = ServiceBuilder::new().map_response(Ahead::of).service(tcp);
    let tls = config.rustls_https_connector_with_connector(tcp)?;
    let http = Client::builder(TokioExecutor::new()).http1_max_buf_size(READ).build::<_, Body>(tls);
    let service = ServiceBuilder::new()
        .layer(config.base_uri_layer())
        .option_layer(config.auth_layer()?)
        .layer(config.extra_headers_layer()?)
        .map_err(BoxError::from)
        .service(http);
    Ok(kube::Client::new(service, config.default_namespace.clone()))
}
