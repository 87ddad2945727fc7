//! Ports of a stand's own, also when many stands start at once.
//!
//! A port is held by a lock on a file as long as its stand lives, so two test processes never get
//! the same one. They lie below the range from which the system takes ports for outgoing
//! connections, so none of those can take one in between.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};

use crate::error::{StandError, doing};

/// Where the search starts and how many ports it looks at.
const FIRST_PORT: u16 = 12_000;
const PORT_COUNT: u16 = 18_000;

/// A port that nobody else of us uses while this value lives.
#[derive(Debug)]
pub struct Port {
    number: u16,
    _lock: Option<File>,
}

impl Port {
    /// A port somebody chose. It is not checked here: see [`listen`].
    #[must_use]
    pub fn fixed(number: u16) -> Self {
        Self {
            number,
            _lock: None,
        }
    }

    /// A free one.
    ///
    /// # Errors
    /// When the lock files cannot be made, or no port is left.
    pub fn free() -> Result<Self, StandError> {
        let folder = std::env::temp_dir().join("postern-ports");
        fs::create_dir_all(&folder).map_err(doing(format!("making {}", folder.display())))?;
        // Different processes begin at different places; the lock decides all the same.
        let offset = u16::try_from(std::process::id() % u32::from(PORT_COUNT)).unwrap_or(0);
        for step in 0..PORT_COUNT {
            let number = FIRST_PORT + (offset.wrapping_mul(7) % PORT_COUNT + step) % PORT_COUNT;
            let path = folder.join(number.to_string());
            let Ok(lock) = File::create(&path) else {
                continue;
            };
            if lock.try_lock().is_ok() && listen(number).is_ok() {
                return Ok(Self {
                    number,
                    _lock: Some(lock),
                });
            }
        }
        Err(StandError::new("no port is free on 127.0.0.1"))
    }

    /// The number.
    #[must_use]
    pub fn number(&self) -> u16 {
        self.number
    }
}

/// Listens at this port on 127.0.0.1 for a moment.
///
/// # Errors
/// With the system's reason when the port cannot be had.
pub fn listen(number: u16) -> std::io::Result<()> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, number)).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_ports_held_at_once_differ() {
        let (first, second) = (Port::free().expect("a port"), Port::free().expect("a port"));
        assert_ne!(first.number(), second.number());
    }

    #[test]
    fn a_port_in_use_is_not_free() {
        let port = Port::free().expect("a port");
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.number())).expect("bound");
        assert!(listen(port.number()).is_err());
        drop(listener);
        assert!(listen(port.number()).is_ok());
    }
}
