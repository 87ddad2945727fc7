//! Counts in Redis: a key for each, which is gone when its window is. The first hit opens the window.

use redis::{Client, RedisError, Script};

/// Raises a count and, when it is a new one, lets it end with its window, as one step.
const RAISE: &str = "local count = redis.call('INCRBY', KEYS[1], ARGV[1])
if count == tonumber(ARGV[1]) then redis.call('EXPIRE', KEYS[1], ARGV[2]) end
return count";

/// The counts of one Redis. Each question has a connection of its own: a test's load is small, and a Redis that went
/// away and came back needs no care then.
#[derive(Clone)]
pub(crate) struct Counts(Client);

impl Counts {
    pub(crate) fn open(url: &str) -> Result<Counts, RedisError> {
        Client::open(url).map(Counts)
    }

    /// Raises the count of the present window and gives what it is now.
    pub(crate) async fn raise(
        &self,
        name: &str,
        hits: u64,
        seconds: u64,
    ) -> Result<u64, RedisError> {
        let mut connection = self.0.get_multiplexed_async_connection().await?;
        let script = Script::new(RAISE);
        let mut question = script.key(name);
        question.arg(hits).arg(seconds);
        question.invoke_async(&mut connection).await
    }
}
