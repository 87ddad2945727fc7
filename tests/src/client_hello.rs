//! The first message of a TLS handshake, by hand: it offers exactly one version, one cipher and the groups it is given,
//! so that the answer says whether the gate speaks them. A TLS library would not offer what is unsound.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use crate::connection::{ANSWER_WITHIN, dial};

/// SSL 3.0, as messages have it.
pub const SSL_3_0: u16 = 0x0300;
/// TLS 1.0, as messages have it.
pub const TLS_1_0: u16 = 0x0301;
/// TLS 1.1, as messages have it.
pub const TLS_1_1: u16 = 0x0302;
/// TLS 1.2, as messages have it.
pub const TLS_1_2: u16 = 0x0303;
/// TLS 1.3, as an extension has it; its messages say 1.2.
pub const TLS_1_3: u16 = 0x0304;

/// The groups that are sound everywhere: X25519 and P-256.
pub const SOUND_GROUPS: &[u16] = &[0x001D, 0x0017];

/// The peer speaks none of the ciphers, or none of the groups.
pub const HANDSHAKE_FAILURE: u8 = 40;
/// The peer does not speak the version.
pub const PROTOCOL_VERSION: u8 = 70;

const ALERT: u8 = 21;
const HANDSHAKE: u8 = 22;
const CLIENT_HELLO: u8 = 1;
const SERVER_HELLO: u8 = 2;
const RECORD_HEAD_BYTES: usize = 5;
/// Of a server's message up to its session id: type, length, version, random.
const SERVER_HELLO_HEAD_BYTES: usize = 1 + 3 + 2 + 32;

/// What is offered.
#[derive(Clone, Copy)]
pub struct ClientHello {
    /// The version: up to 1.2 the highest one, else the only one.
    pub version: u16,
    /// The one cipher, by its registered number.
    pub cipher: u16,
    /// The groups, by their registered numbers.
    pub groups: &'static [u16],
}

impl ClientHello {
    /// Offers it, and gives the cipher that is chosen.
    ///
    /// # Errors
    /// When the peer refuses by an alert: its number.
    ///
    /// # Panics
    /// When nobody listens, or what comes back is no TLS.
    pub async fn send(self, to: SocketAddr) -> Result<u16, u8> {
        let answer = timeout(ANSWER_WITHIN, self.exchange(to)).await;
        let (kind, body) = answer
            .expect("an answer in time")
            .expect("an answer in TLS");
        match (kind, body.first()) {
            (ALERT, _) => Err(body[1]),
            (HANDSHAKE, Some(&SERVER_HELLO)) => {
                let session = usize::from(body[SERVER_HELLO_HEAD_BYTES]);
                let cipher = SERVER_HELLO_HEAD_BYTES + 1 + session;
                Ok(u16::from_be_bytes([body[cipher], body[cipher + 1]]))
            }
            other => panic!("neither alert nor hello: {other:?}"),
        }
    }

    /// The first record that comes back: its kind and what is in it.
    async fn exchange(self, to: SocketAddr) -> io::Result<(u8, Vec<u8>)> {
        let mut stream = dial(IpAddr::V4(Ipv4Addr::LOCALHOST), to).await?;
        stream.write_all(&self.record()).await?;
        let mut head = [0; RECORD_HEAD_BYTES];
        stream.read_exact(&mut head).await?;
        let mut body = vec![0; usize::from(u16::from_be_bytes([head[3], head[4]]))];
        stream.read_exact(&mut body).await?;
        Ok((head[0], body))
    }

    fn record(self) -> Vec<u8> {
        let mut hello = self.version.min(TLS_1_2).to_be_bytes().to_vec();
        hello.extend([7; 32]); // the random
        hello.push(0); // no session
        hello.extend(with_length(&self.cipher.to_be_bytes()));
        hello.extend([1, 0]); // no compression
        hello.extend(with_length(&self.extensions()));
        let length = u32::try_from(hello.len()).expect("short").to_be_bytes();
        let message = [&[CLIENT_HELLO], &length[1..], &hello].concat();
        [&[HANDSHAKE, 3, 1][..], &with_length(&message)].concat()
    }

    /// Groups, point formats, and signatures that any server of these versions knows.
    fn extensions(self) -> Vec<u8> {
        let groups: Vec<u8> = self.groups.iter().flat_map(|it| it.to_be_bytes()).collect();
        let points = vec![1, 0]; // uncompressed
        let signatures = with_length(&[0x04, 0x03, 0x08, 0x04, 0x04, 0x01]); // ECDSA, RSA-PSS, RSA, each with SHA-256
        let mut list = vec![
            (10_u16, with_length(&groups)),
            (11, points),
            (13, signatures),
        ];
        if self.version == TLS_1_3 {
            list.push((43, vec![2, 3, 4]));
            list.push((51, with_length(&[]))); // no share of a key: the peer answers which one it would like
        }
        let mut all = Vec::new();
        for (number, body) in list {
            all.extend(number.to_be_bytes());
            all.extend(with_length(&body));
        }
        all
    }
}

fn with_length(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).expect("short").to_be_bytes();
    [&length, bytes].concat()
}
