//! `[admin]`: where the admin API listens and who may use it.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::path::PathBuf;

use super::{address, path};
use crate::fields::{Fields, as_text};

const LISTEN_DEFAULT: SocketAddr = SocketAddr::V4(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 8091));

/// The admin API: where it listens and who may use it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdminSettings {
    /// Where people and their programs reach it. It is never reached through the edge.
    pub listen: SocketAddr,
    /// The digests of the tokens that open it; without this file it stays closed.
    pub tokens: PathBuf,
    /// Names it may be called by, besides `localhost` and plain addresses.
    pub hosts: Vec<String>,
}

pub(super) fn read(fields: &mut Fields) -> AdminSettings {
    AdminSettings {
        listen: address(fields, "listen", LISTEN_DEFAULT),
        tokens: path(fields, "tokens", "admin.tokens"),
        hosts: fields
            .list("hosts", |value| host(as_text(value)?))
            .unwrap_or_default(),
    }
}

/// A name without a port: names are compared in lower case.
fn host(text: &str) -> Result<String, String> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-';
    if !text.is_empty() && text.bytes().all(is_plain) {
        return Ok(text.to_ascii_lowercase());
    }
    Err(format!(
        "must be a host's name without a port, as admin.example.com, not {text:?}"
    ))
}
