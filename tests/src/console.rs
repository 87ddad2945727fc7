//! The console of a gate: its admin listener, tokens for its people, and the way in.

use std::net::SocketAddr;

use postern_stand::{Builder, Port};

use crate::browser::Browser;
use crate::connection::Connection;
use crate::gate::Gate;
use crate::message::Message;
use crate::waiting::eventually;

/// A wrong token: long enough to be one.
pub const WRONG_TOKEN: &str =
    "postern_admin_0000000000000000000000000000000000000000000000000000000000000000";

/// A gate whose console is open.
pub struct Console {
    /// What traffic goes through.
    pub gate: Gate,
    address: SocketAddr,
    token: String,
    /// Nobody else takes it.
    _port: Port,
}

impl Console {
    /// A gate with the page's partner alone.
    pub async fn open() -> Self {
        Self::of(|stand| stand).await
    }

    /// A gate that differs in what `change` does to it.
    ///
    /// # Panics
    /// When it does not come up.
    pub async fn of(change: impl FnOnce(Builder) -> Builder) -> Self {
        let port = Port::free().expect("a port");
        let address = SocketAddr::from(([127, 0, 0, 1], port.number()));
        let gate = Gate::of(|stand| {
            change(stand).backend_env("POSTERN_ADMIN_LISTEN", address.to_string())
        })
        .await;
        let token = gate.runs(&["admin", "token", "ada"]).trim().to_owned();
        let page = Message::new("GET", "/console/login").header("host", "localhost");
        eventually("the console opens", async || {
            let connection = Connection::open_from(address.ip(), address).await;
            let answer = connection.ok()?.exchange(&page).await.ok()?;
            (answer.status == 200).then_some(())
        })
        .await;
        Self {
            gate,
            address,
            token,
            _port: port,
        }
    }

    /// Has somebody send wrong tokens until the login holds them off.
    ///
    /// # Panics
    /// When it does not.
    pub async fn holds_off_wrong_tokens(&self) {
        let guess = Message::new("POST", "/console/login")
            .header("host", "localhost")
            .header("origin", "http://localhost")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(format!("token={WRONG_TOKEN}"));
        eventually("wrong tokens are throttled", async || {
            let connection = Connection::open_from(self.address.ip(), self.address).await;
            let answer = connection.ok()?.exchange(&guess).await.ok()?;
            (answer.status == 429).then_some(())
        })
        .await;
    }

    /// A page's address.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The token of ada, an admin.
    #[must_use]
    pub fn token(&self) -> &str {
        &self.token
    }

    /// A token for somebody, which opens the console when this returns.
    ///
    /// # Panics
    /// When it does not.
    pub async fn token_for(&self, name: &str, role: &str) -> String {
        let made = ["admin", "token", name, "--role", role, "--replace"];
        let token = self.gate.runs(&made).trim().to_owned();
        let asks = Message::new("GET", "/admin/partners")
            .header("host", "localhost")
            .header("authorization", format!("Bearer {token}"));
        eventually("the token opens the console", async || {
            let connection = Connection::open_from(self.address.ip(), self.address).await;
            let answer = connection.ok()?.exchange(&asks).await.ok()?;
            (answer.status == 200).then_some(())
        })
        .await;
        token
    }

    /// A browser at a page, logged in as ada.
    pub async fn shows(&self, path: &str) -> Browser {
        let browser = Browser::open().await;
        self.lets_in(&browser, &self.token, path).await;
        browser
    }

    /// A browser at a page, logged in as somebody of this role, whose name is the role's.
    pub async fn shows_to(&self, role: &str, path: &str) -> Browser {
        let token = self.token_for(role, role).await;
        let browser = Browser::open().await;
        self.lets_in(&browser, &token, path).await;
        browser
    }

    /// Logs in on the way to a page.
    pub async fn lets_in(&self, browser: &Browser, token: &str, path: &str) {
        browser.goes_to(&self.url(path)).await;
        browser.fills("#token", token).await;
        browser.follows("main button").await;
    }
}
