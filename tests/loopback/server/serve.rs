//! The server's outside: a port with TLS, and the handle that tests hold.

use std::convert::Infallible;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::{Context, Poll};
use std::time::Instant;

use bytes::Bytes;
use hyper::body::{Body, Frame, Incoming};
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::watch;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use super::Fault;
use super::answer::{Chunks, answer};
use super::state::{Asked, Collection, State};

/// What all connections share.
pub struct Shared {
    state: Mutex<State>,
    generation: AtomicU64,
}

impl Shared {
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().expect("no test panics while it holds the state")
    }

    /// Goes up when all streams shall be cut.
    pub fn generation(&self) -> u64 {
        self.generation.load(Ordering::SeqCst)
    }
}

/// A running server. It ends when it is dropped.
pub struct Server {
    shared: Arc<Shared>,
    changed: watch::Sender<u64>,
    port: u16,
    authority: String,
    accepting: tokio::task::JoinHandle<()>,
}

struct Stream(Chunks);

impl Body for Stream {
    type Data = Bytes;
    type Error = Infallible;
    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        self.0.poll_recv(cx).map(|bytes| bytes.map(|bytes| Ok(Frame::data(bytes))))
    }
}

impl Server {
    /// Starts one with a world in it.
    pub async fn start(state: State) -> Self {
        let certified = rcgen::generate_simple_self_signed(["127.0.0.1".to_owned()]).expect("a certificate");
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(certified.signing_key.serialize_der()));
        let authority = certified.cert.pem();
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("TLS versions")
            .with_no_client_auth()
            .with_single_cert(vec![certified.cert.der().clone()], key)
            .expect("our own certificate");
        let tls = TlsAcceptor::from(Arc::new(config));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared { state: Mutex::new(state), generation: AtomicU64::new(0) });
        let (changed, watching) = watch::channel(0);
        let accepting = tokio::spawn(accept(listener, tls, Arc::clone(&shared), watching));
        Self { shared, changed, port, authority, accepting }
    }

    fn tell(&self) {
        self.changed.send_modify(|count| *count += 1);
    }

    /// Puts an object; see [`State::put`].
    pub fn put(&self, collection: Collection, key: (&str, &str), json: &str) {
        self.shared.state().put(collection, key, json);
        self.tell();
    }

    /// Puts many at once: one wake-up. When that was.
    pub fn put_all(&self, objects: impl IntoIterator<Item = (Collection, (String, String), String)>) -> Instant {
        let mut state = self.shared.state();
        for (collection, (namespace, name), json) in objects {
            state.put(collection, (&namespace, &name), &json);
        }
        drop(state);
        let told = Instant::now();
        self.tell();
        told
    }

    /// Deletes an object.
    pub fn delete(&self, collection: Collection, key: (&str, &str)) {
        self.shared.state().delete(collection, key);
        self.tell();
    }

    /// The next `times` requests whose target contains `part` meet this fault.
    pub fn fault(&self, part: &str, fault: Fault, times: u32) {
        self.shared.state().faults.push((part.to_owned(), fault, times));
    }

    /// Cuts all open watches.
    pub fn cut(&self) {
        self.shared.generation.fetch_add(1, Ordering::SeqCst);
        self.tell();
    }

    /// History up to now is gone: watches from before get 410.
    pub fn compact(&self) {
        let mut state = self.shared.state();
        state.version += 1;
        state.oldest = state.version;
        state.log.clear();
    }

    /// Its clock is so many seconds ahead of ours.
    pub fn ahead(&self, seconds: i64) {
        self.shared.state().ahead = seconds;
    }

    /// The server cannot do watch-lists.
    pub fn without_watch_list(&self) {
        self.shared.state().without_watch_list = true;
    }

    /// What was asked so far.
    pub fn asked(&self) -> Vec<Asked> {
        self.shared.state().asked.clone()
    }

    /// Writes a kubeconfig for it.
    pub fn kubeconfig(&self, dir: &Path) -> PathBuf {
        let authority = dir.join("ca.pem");
        std::fs::write(&authority, &self.authority).expect("a file can be written");
        let path = dir.join("kubeconfig");
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: loopback\n\
             contexts: [{{name: loopback, context: {{cluster: loopback, user: tester}}}}]\n\
             clusters: [{{name: loopback, cluster: {{server: 'https://127.0.0.1:{}', certificate-authority: {}}}}}]\n\
             users: [{{name: tester, user: {{token: secret-token}}}}]\n",
            self.port,
            authority.display()
        );
        std::fs::write(&path, text).expect("a file can be written");
        path
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut();
    }
}

async fn accept(listener: TcpListener, tls: TlsAcceptor, shared: Arc<Shared>, changed: watch::Receiver<u64>) {
    while let Ok((stream, _)) = listener.accept().await {
        let (tls, shared, changed) = (tls.clone(), Arc::clone(&shared), changed.clone());
        tokio::spawn(async move {
            let _ = stream.set_nodelay(true);
            let Ok(stream) = tls.accept(stream).await else { return };
            let service = service_fn(|request: Request<Incoming>| {
                let (shared, changed) = (Arc::clone(&shared), changed.clone());
                async move { Ok::<_, Infallible>(respond(&shared, &request, changed)) }
            });
            // A client that goes away is no fault of ours.
            let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
        });
    }
}

fn respond(shared: &Arc<Shared>, request: &Request<Incoming>, changed: watch::Receiver<u64>) -> Response<Stream> {
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str()).to_owned();
    let date = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(shared.state().ahead);
    let date = date.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let accept = request.headers().get("accept").and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let answer = answer(shared, &target, accept, changed);
    shared.state().asked.push(Asked { method: request.method().to_string(), target, form: answer.content_type });
    let mut response =
        Response::builder().status(answer.code).header("content-type", answer.content_type).header("date", date);
    if let Some(seconds) = answer.retry_after {
        response = response.header("retry-after", seconds.to_string());
    }
    response.body(Stream(answer.body)).expect("an answer")
}
