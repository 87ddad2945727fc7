//! A rate limit service for tests: `postern-test-ratelimit ADDRESS REDIS_URL LIMITS_FILE`.
//!
//! It answers Envoy's `ShouldRateLimit` calls ([`service`], with the messages in [`messages`]):
//! [`limits`] are read from a file in the stock service's form, and each is counted in fixed windows in Redis ([`counts`]).

mod counts;
mod limits;
mod messages;
mod service;

use std::error::Error;
use std::net::SocketAddr;

use tonic::transport::Server;

use counts::Counts;
use limits::Limits;
use service::RateLimitService;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [address, redis, limits] = arguments.as_slice() else {
        return Err("usage: postern-test-ratelimit ADDRESS REDIS_URL LIMITS_FILE".into());
    };
    let address: SocketAddr = address.parse()?;
    let limits: Limits = serde_norway::from_str(&std::fs::read_to_string(limits)?)?;
    let service = RateLimitService::new(limits, Counts::open(redis)?);
    Server::builder()
        .add_service(service)
        .serve(address)
        .await?;
    Ok(())
}
