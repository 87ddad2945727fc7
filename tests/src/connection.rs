//! One HTTP/1.1 connection held by hand: bytes out as a story wants them, answers back in order.

use crate::answer::Answer;
use crate::message::Message;
use crate::parse::{Parsed, parse_answer};
use crate::tls::{self, Identity};
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;

/// No answer takes longer than this; a test that waits longer has found something.
pub const ANSWER_WITHIN: Duration = Duration::from_secs(15);

trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

/// A connection to the gate, plain or in TLS.
pub struct Connection {
    stream: Box<dyn Stream>,
    unread: Vec<u8>,
}

impl Connection {
    /// Opens a plain connection from an address of the caller's choice (port 0: any).
    ///
    /// # Errors
    /// When the address cannot be used or nobody listens.
    pub async fn open_from(from: IpAddr, to: SocketAddr) -> io::Result<Connection> {
        let stream = Box::new(dial(from, to).await?);
        Ok(Connection {
            stream,
            unread: Vec::new(),
        })
    }

    /// Opens a TLS connection that speaks HTTP/1.1 and trusts only `ca_pem`.
    ///
    /// # Errors
    /// When nobody listens or the certificate is not good.
    pub async fn open_tls_from(
        from: IpAddr,
        to: SocketAddr,
        ca_pem: &[u8],
    ) -> io::Result<Connection> {
        Connection::open_tls_as(None, from, to, ca_pem).await
    }

    /// The same, showing this client certificate.
    ///
    /// # Errors
    /// When nobody listens, or either side does not take the other's certificate.
    pub async fn open_tls_as(
        identity: Option<&Identity>,
        from: IpAddr,
        to: SocketAddr,
        ca_pem: &[u8],
    ) -> io::Result<Connection> {
        let stream = dial(from, to).await?;
        let stream = tls::handshake(stream, ca_pem, b"http/1.1", identity).await?;
        let stream = Box::new(stream);
        Ok(Connection {
            stream,
            unread: Vec::new(),
        })
    }

    /// Sends a request whole and reads its answer.
    ///
    /// # Errors
    /// When the connection breaks or the answer does not come in time.
    pub async fn exchange(&mut self, message: &Message) -> io::Result<Answer> {
        self.write(&message.bytes()).await?;
        self.read_answer(&message.method).await
    }

    /// Sends the headers, waits until `read` says that they are read, then sends the body.
    ///
    /// # Errors
    /// When the connection breaks or the answer does not come in time.
    pub async fn exchange_in_two(
        &mut self,
        message: &Message,
        read: impl Future<Output = ()>,
    ) -> io::Result<Answer> {
        self.write(&message.head()).await?;
        read.await;
        self.write(&message.framed_body()).await?;
        self.read_answer(&message.method).await
    }

    /// Writes bytes and flushes them onto the wire.
    ///
    /// # Errors
    /// When the peer has closed.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stream.write_all(bytes).await?;
        self.stream.flush().await
    }

    /// Writes each byte in a packet of its own (the socket has `TCP_NODELAY`).
    ///
    /// # Errors
    /// When the peer has closed.
    pub async fn write_byte_by_byte(&mut self, bytes: &[u8]) -> io::Result<()> {
        for byte in bytes {
            self.write(std::slice::from_ref(byte)).await?;
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// Reads the next answer. `method` decides whether it may have a body.
    ///
    /// # Errors
    /// When the connection breaks or the answer does not come in time.
    pub async fn read_answer(&mut self, method: &str) -> io::Result<Answer> {
        match timeout(ANSWER_WITHIN, self.read_answer_unbounded(method)).await {
            Ok(answer) => answer,
            Err(_) => Err(io::Error::new(io::ErrorKind::TimedOut, "no answer in time")),
        }
    }

    /// Waits until the peer closes; `false` when it sends something or holds the connection open
    /// for longer than `within`.
    pub async fn is_closed_within(&mut self, within: Duration) -> bool {
        let mut byte = [0_u8; 1];
        match timeout(within, self.stream.read(&mut byte)).await {
            Ok(Ok(count)) => count == 0,
            Ok(Err(_)) => true,
            Err(_) => false,
        }
    }

    async fn read_answer_unbounded(&mut self, method: &str) -> io::Result<Answer> {
        let mut at_end = false;
        loop {
            match parse_answer(&self.unread, method, at_end)? {
                Parsed::Whole { answer, used } => {
                    self.unread.drain(..used);
                    if (100..200).contains(&answer.status) {
                        continue;
                    }
                    return Ok(answer);
                }
                Parsed::Partial if at_end => return Err(io::ErrorKind::UnexpectedEof.into()),
                Parsed::Partial => at_end = self.stream.read_buf(&mut self.unread).await? == 0,
            }
        }
    }
}

/// A TCP connection from that address, each write a packet.
pub(crate) async fn dial(from: IpAddr, to: SocketAddr) -> io::Result<TcpStream> {
    let socket = if to.is_ipv4() {
        TcpSocket::new_v4()?
    } else {
        TcpSocket::new_v6()?
    };
    socket.set_reuseaddr(true)?;
    socket.bind(SocketAddr::new(from, 0))?;
    let stream = timeout(ANSWER_WITHIN, socket.connect(to)).await??;
    stream.set_nodelay(true)?;
    Ok(stream)
}
