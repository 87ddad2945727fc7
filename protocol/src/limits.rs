//! Every limit of the protocol, in one place.
//!
//! Each is far above what an honest postback needs and low enough that a hostile one stays cheap.

/// The largest body the gate takes unless its configuration says otherwise.
pub const MAX_BODY_BYTES_DEFAULT: u32 = 65_536;
/// The largest body a configuration may ask for: the gate holds it in memory per request.
pub const MAX_BODY_BYTES_CEILING: u32 = 1_048_576;
/// The longest query string, in bytes as sent.
pub const MAX_QUERY_BYTES: usize = 16_384;
/// The most fields one postback may hold, `sign` and `source` counted.
pub const MAX_FIELDS: usize = 64;
/// The longest name of a field, in bytes after decoding.
pub const MAX_NAME_BYTES: usize = 128;
/// The longest value of a field, in bytes after decoding.
pub const MAX_FIELD_BYTES: usize = 2_048;
/// How much of a stranger's text is repeated in a message about it, in characters.
pub const MAX_QUOTED_CHARS: usize = 64;

/// The longest id of a partner or a secret.
pub const MAX_ID_BYTES: usize = 64;
/// The shortest secret: shorter ones can be guessed.
pub const MIN_SECRET_BYTES: usize = 8;
/// The longest secret.
pub const MAX_SECRET_BYTES: usize = 512;
/// The most secrets a partner may have at once: each live one costs a MAC per request.
pub const MAX_SECRETS_PER_PARTNER: usize = 8;
/// The most networks a partner may be called from.
pub const MAX_NETWORKS_PER_PARTNER: usize = 1_024;
/// The length of a client certificate's fingerprint, a SHA-256.
pub const CERTIFICATE_FINGERPRINT_BYTES: usize = 32;
/// The most client certificates a partner may have at once: a few machines, and their renewals.
pub const MAX_CLIENT_CERTIFICATES_PER_PARTNER: usize = 16;
/// The most partners one gate serves.
pub const MAX_PARTNERS: usize = 10_000;
/// The shortest token between gate and backend.
pub const MIN_PROOF_TOKEN_BYTES: usize = 32;
/// The longest token between gate and backend.
pub const MAX_PROOF_TOKEN_BYTES: usize = 128;
/// How many proof tokens are accepted at once: the one in use and the one that takes its place.
pub const MAX_PROOF_TOKENS: usize = 2;

/// How far a signed time may be from the gate's clock unless configured, in seconds.
pub const CLOCK_TOLERANCE_SECONDS_DEFAULT: u32 = 300;
/// The widest tolerance a configuration may ask for: a day.
pub const CLOCK_TOLERANCE_SECONDS_CEILING: u32 = 86_400;
/// The highest rate a configuration may ask for, per second.
pub const MAX_RATE_PER_SECOND: u32 = 1_000_000;
/// The largest burst a configuration may ask for.
pub const MAX_BURST: u32 = 10_000_000;
/// The most gates that may share one partner's rate.
pub const MAX_REPLICAS: u32 = 1_000;
