//! One keep-alive connection of the load: send, wait for the whole answer, count it, send the next. A connection
//! that the server closes is opened again and counted as a reconnect.

use std::cell::RefCell;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::Requests;
use super::response::{self, Head};
use super::tally::Tally;

/// How long one answer may take before the run counts it as broken.
const ANSWER_LIMIT: Duration = Duration::from_secs(10);
/// More broken exchanges than this on one connection, and it gives up: the server is gone.
const MAX_BROKEN: u32 = 100;

/// One connection of the load and what it shares with the others.
pub(super) struct Connection {
    pub(super) target: SocketAddr,
    pub(super) marker: &'static [u8],
    pub(super) requests: Rc<RefCell<Box<dyn Requests>>>,
    pub(super) tally: Rc<RefCell<Tally>>,
}

impl Connection {
    /// Asks until the task is aborted, or the server is gone.
    pub(super) async fn keep_asking(self) {
        let mut request = Vec::with_capacity(1_024);
        let mut answer = Vec::with_capacity(4_096);
        let mut open: Option<TcpStream> = None;
        let mut broken = 0;
        while broken < MAX_BROKEN {
            self.requests.borrow_mut().next(&mut request);
            let within =
                tokio::time::timeout(ANSWER_LIMIT, self.ask(open.take(), &request, &mut answer))
                    .await;
            match within.unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into())) {
                Ok(stream) => open = stream,
                Err(error) => {
                    self.tally.borrow_mut().broke(&error);
                    broken += 1;
                }
            }
        }
    }

    /// One question and its answer, on a new connection where none is open. Returns the connection if it stays.
    async fn ask(
        &self,
        open: Option<TcpStream>,
        request: &[u8],
        answer: &mut Vec<u8>,
    ) -> io::Result<Option<TcpStream>> {
        let sent_at = Instant::now();
        let mut stream = match open {
            Some(stream) => stream,
            None => self.connect().await?,
        };
        let head = exchange(&mut stream, request, answer).await?;
        if !holds(answer, self.marker) {
            let status = head.status;
            return Err(io::Error::other(format!(
                "a {status} with an answer that was not due"
            )));
        }
        self.tally.borrow_mut().answered(head.status, sent_at);
        Ok((!head.closes).then_some(stream))
    }

    async fn connect(&self) -> io::Result<TcpStream> {
        let stream = connect(self.target, None).await?;
        self.tally.borrow_mut().connected();
        Ok(stream)
    }
}

fn holds(answer: &[u8], marker: &[u8]) -> bool {
    marker.is_empty()
        || answer
            .windows(marker.len())
            .rev()
            .any(|part| part == marker)
}

/// Sends one request on a connection of its own, from `source` where one is given.
///
/// Returns the status and the body.
pub(crate) fn ask_once(
    target: SocketAddr,
    source: Option<IpAddr>,
    request: &[u8],
) -> io::Result<(u16, Vec<u8>)> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let mut stream = connect(target, source).await?;
        let mut answer = Vec::new();
        let work = exchange(&mut stream, request, &mut answer);
        let head = tokio::time::timeout(ANSWER_LIMIT, work).await??;
        Ok((head.status, answer))
    })
}

async fn connect(target: SocketAddr, source: Option<IpAddr>) -> io::Result<TcpStream> {
    let socket = TcpSocket::new_v4()?;
    if let Some(address) = source {
        socket.bind(SocketAddr::new(address, 0))?;
    }
    let stream = socket.connect(target).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Sends a request and reads the whole answer into `answer`.
async fn exchange(
    stream: &mut TcpStream,
    request: &[u8],
    answer: &mut Vec<u8>,
) -> io::Result<Head> {
    stream.write_all(request).await?;
    answer.clear();
    let mut head: Option<Head> = None;
    loop {
        if stream.read_buf(answer).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if head.is_none() {
            head = response::read_head(answer).map_err(io::Error::other)?;
        }
        if let Some(head) = head.take_if(|head| answer.len() >= head.total_bytes) {
            return Ok(head);
        }
    }
}
