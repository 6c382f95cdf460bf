//! A resolver of our own that says who it is: what comes back through a forwarder shows whom it asked.

use std::net::{IpAddr, SocketAddr};

use tokio::net::UdpSocket;
use tokio::task::JoinHandle;

use super::wire::{asked, number};

/// Answers every A question with `192.0.2.ID`, every AAAA question with `2001:db8::ID`, other types with no data; a name
/// that begins with `nx` does not exist, one that begins with `sf` fails.
pub(super) struct Upstream {
    pub(super) address: SocketAddr,
    id: u8,
    task: JoinHandle<()>,
}

impl Upstream {
    pub(super) async fn start(id: u8) -> Self {
        let socket = UdpSocket::bind(("127.0.0.1", 0)).await.expect("a socket");
        let address = socket.local_addr().expect("it is bound");
        let task = tokio::spawn(async move {
            let mut bytes = [0; 4096];
            while let Ok((length, client)) = socket.recv_from(&mut bytes).await {
                if let Some(answer) = answer(&bytes[..length], id) {
                    let _ = socket.send_to(&answer, client).await;
                }
            }
        });
        Self { address, id, task }
    }
}

impl Drop for Upstream {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The TTL of its records.
const TTL: u32 = 600;

/// What the resolver of that number says of a name: the response code, and the data of a record.
fn said(id: u8, name: &str, kind: u16) -> (u8, Vec<u8>) {
    let code = match name {
        name if name.starts_with("nx") => 3,
        name if name.starts_with("sf") => 2,
        _ => 0,
    };
    let data = match kind {
        1 => vec![192, 0, 2, id],
        28 => {
            let mut address = [0; 16];
            address[..4].copy_from_slice(&[0x20, 1, 0x0d, 0xb8]);
            address[15] = id;
            address.to_vec()
        }
        _ => Vec::new(),
    };
    (code, if code == 0 { data } else { Vec::new() })
}

impl Upstream {
    /// The status of its reply, and the address in it.
    pub(super) fn says(&self, name: &str, kind: &str) -> (&'static str, Option<String>) {
        let (code, data) = said(self.id, name, number(kind));
        let status = match (code, data.is_empty()) {
            (3, _) => "NXDOMAIN",
            (2, _) => "SERVFAIL",
            (_, true) => "NODATA",
            (_, false) => "NOERROR",
        };
        let address = <[u8; 4]>::try_from(data.as_slice()).map(|data| IpAddr::from(data).to_string());
        let address =
            address.or_else(|_| <[u8; 16]>::try_from(data.as_slice()).map(|data| IpAddr::from(data).to_string()));
        (status, address.ok())
    }
}

fn answer(query: &[u8], id: u8) -> Option<Vec<u8>> {
    let (name, kind, end) = asked(query)?;
    let (code, data) = said(id, &name, kind);
    let records = u8::from(!data.is_empty());
    let mut bytes = query.get(..2)?.to_vec();
    bytes.extend([0x81, 0x80 | code, 0, 1, 0, records, 0, 0, 0, 0]);
    bytes.extend(query.get(12..end)?);
    if records == 1 {
        bytes.extend([0xc0, 12]);
        bytes.extend(kind.to_be_bytes());
        bytes.extend([0, 1]);
        bytes.extend(TTL.to_be_bytes());
        bytes.extend(u16::try_from(data.len()).ok()?.to_be_bytes());
        bytes.extend(data);
    }
    Some(bytes)
}
