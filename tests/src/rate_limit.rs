//! A rate limit service as Envoy's own filter asks one: Envoy's gRPC protocol, its counts in a real Redis. Both can be killed and started again; the counts stay where Redis stays.

use crate::programs::{Running, rate_limit_service};
use crate::waiting::eventually;
use nix::sys::signal::Signal;
use postern_stand::Port;
use std::net::{Ipv4Addr, SocketAddr};
use std::process::Command;
use tempfile::TempDir;
use tokio::net::TcpStream;

/// A service and its Redis, on ports of their own. Both end with this value.
pub struct RateLimitService {
    folder: TempDir,
    redis_port: Port,
    port: Port,
    redis: Option<Running>,
    service: Option<Running>,
}

impl RateLimitService {
    /// Starts both, with these limits in the stock service's form.
    ///
    /// # Panics
    /// When one of them does not come up.
    pub async fn with(limits: &str) -> RateLimitService {
        let folder = tempfile::tempdir().expect("a folder");
        std::fs::write(folder.path().join("limits.yaml"), limits).expect("written");
        let free = || Port::free().expect("a port");
        let mut new = RateLimitService {
            folder,
            redis_port: free(),
            port: free(),
            redis: None,
            service: None,
        };
        new.starts_redis().await;
        new.starts().await;
        new
    }

    /// Where it listens, on 127.0.0.1.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port.number()
    }

    /// Ends the service as a power cut would.
    pub fn dies(&mut self) {
        self.service = None;
    }

    /// Stops the service in its tracks: it holds its connections, the kernel takes new ones for it, and nothing is
    /// answered.
    pub fn hangs(&self) {
        self.is_told(Signal::SIGSTOP);
    }

    /// Lets a service that hangs go on.
    pub fn goes_on(&self) {
        self.is_told(Signal::SIGCONT);
    }

    fn is_told(&self, signal: Signal) {
        self.service.as_ref().expect("it runs").is_told(signal);
    }

    /// Ends Redis as a power cut would; its counts are lost.
    pub fn loses_redis(&mut self) {
        self.redis = None;
    }

    /// Starts the service and waits until it listens.
    ///
    /// # Panics
    /// When it does not.
    pub async fn starts(&mut self) {
        let redis = format!("redis://127.0.0.1:{}", self.redis_port.number());
        let mut command = Command::new(rate_limit_service());
        let limits = self.folder.path().join("limits.yaml");
        let address = format!("127.0.0.1:{}", self.port());
        command.args([address, redis]).arg(limits);
        self.service = Some(Running::start(&mut command));
        listens(self.port()).await;
    }

    /// Starts Redis and waits until it listens.
    ///
    /// # Panics
    /// When it does not.
    pub async fn starts_redis(&mut self) {
        let port = self.redis_port.number().to_string();
        let mut command = Command::new("redis-server");
        command.args([
            "--port",
            &port,
            "--bind",
            "127.0.0.1",
            "--save",
            "",
            "--dir",
        ]);
        command.arg(self.folder.path());
        self.redis = Some(Running::start(&mut command));
        listens(self.redis_port.number()).await;
    }
}

async fn listens(port: u16) {
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    eventually("a listener", async || {
        TcpStream::connect(address).await.ok()
    })
    .await;
}
