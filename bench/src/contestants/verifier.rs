//! The service the ext_authz contestant asks: a small axum server with the product's own reading and verifying, one
//! partner, its address, its keys and its token bucket. 200 lets through, anything else refuses.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, Uri};
use postern_protocol::id::{KeyId, PartnerId};
use postern_protocol::request::{Request, body_encoding, source_of};
use postern_protocol::sign::{FormSet, Key, Keyring, Secret};
use postern_protocol::time::UnixSeconds;

use crate::cores;
use crate::postbacks::{PARTNER, SECRET};

const CLOCK_TOLERANCE_SECONDS: u32 = 300;
/// High enough to refuse nobody here: the bucket is kept, but it is not what is measured.
const TOKEN_EVERY: Duration = Duration::from_micros(1);
const BURST: Duration = Duration::from_secs(1);

struct Partner {
    id: PartnerId,
    keys: Keyring,
    address: IpAddr,
    /// When the bucket will be full again.
    full_at: Mutex<Instant>,
}

/// Serves until the process is ended.
pub(crate) fn serve(address: SocketAddr) -> std::io::Result<()> {
    cores::stay_on(cores::GATE_CORE)?;
    let partner = Arc::new(
        partner().ok_or_else(|| std::io::Error::other("the bench's partner is not valid"))?,
    );
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind(address).await?;
        let app = Router::new().fallback(decide).with_state(partner);
        axum::serve(listener, app).await
    })
}

fn partner() -> Option<Partner> {
    let key = Key {
        id: KeyId::parse("k1").ok()?,
        secret: Secret::parse(SECRET).ok()?,
        not_before: None,
        not_after: None,
    };
    Some(Partner {
        id: PartnerId::parse(PARTNER).ok()?,
        keys: Keyring::new(vec![key]),
        address: IpAddr::V4(Ipv4Addr::LOCALHOST),
        full_at: Mutex::new(Instant::now()),
    })
}

async fn decide(
    State(partner): State<Arc<Partner>>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> StatusCode {
    let header = |name: &str| headers.get(name).map(|value| value.as_bytes());
    let query = uri.query().unwrap_or_default().as_bytes();
    let known = matches!(source_of(header("x-rs-source"), query), Ok(Some(id)) if id == partner.id);
    if !known || caller(&headers) != Some(partner.address) {
        return StatusCode::FORBIDDEN;
    }
    let Ok(encoding) = body_encoding(header("content-type"), None) else {
        return StatusCode::UNSUPPORTED_MEDIA_TYPE;
    };
    let request = Request {
        encoding,
        query,
        body: &body,
        sign_header: header("x-rs-sign"),
        time_header: None,
    };
    let Ok(postback) = request.read() else {
        return StatusCode::BAD_REQUEST;
    };
    let verified = partner.keys.verify(
        &request,
        &postback,
        FormSet::all(),
        now(),
        CLOCK_TOLERANCE_SECONDS,
    );
    match verified {
        Err(_) => StatusCode::UNAUTHORIZED,
        Ok(_) if take_token(&partner) => StatusCode::OK,
        Ok(_) => StatusCode::TOO_MANY_REQUESTS,
    }
}

/// Who called Envoy, as Envoy says it.
fn caller(headers: &HeaderMap) -> Option<IpAddr> {
    let address = headers.get(super::ext_authz::CALLER_HEADER)?;
    address.to_str().ok()?.parse().ok()
}

fn take_token(partner: &Partner) -> bool {
    let now = Instant::now();
    // A poisoned lock still holds a time, and any time is a valid bucket.
    let mut full_at = partner
        .full_at
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let next = (*full_at).max(now) + TOKEN_EVERY;
    let fits = next.saturating_duration_since(now) <= BURST;
    if fits {
        *full_at = next;
    }
    fits
}

#[expect(
    clippy::disallowed_methods,
    reason = "this is the process's edge, where time comes in"
)]
fn now() -> UnixSeconds {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    UnixSeconds(since.map_or(0, |span| span.as_secs().cast_signed()))
}
