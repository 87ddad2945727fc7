//! A request as bytes. Nothing here corrects what a story asks for: stories send what no decent
//! client would, and the gate must stand it.

/// How the body's length is told.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Framing {
    /// `content-length`, or nothing when there is no body.
    Length,
    /// `transfer-encoding: chunked`, in pieces of so many bytes.
    Chunked(usize),
    /// Only what the story put into the headers.
    AsTold,
}

/// An HTTP/1.1 request under construction.
#[derive(Clone)]
pub struct Message {
    pub(crate) method: String,
    pub(crate) target: Vec<u8>,
    pub(crate) headers: Vec<(String, Vec<u8>)>,
    pub(crate) body: Vec<u8>,
    pub(crate) trailers: Vec<(&'static str, String)>,
    framing: Framing,
}

impl Message {
    /// A request without headers but `host`.
    #[must_use]
    pub fn new(method: &str, target: impl AsRef<[u8]>) -> Message {
        Message {
            method: method.to_owned(),
            target: target.as_ref().to_vec(),
            headers: Vec::new(),
            body: Vec::new(),
            trailers: Vec::new(),
            framing: Framing::Length,
        }
    }

    /// Uses another method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Message {
        method.clone_into(&mut self.method);
        self
    }

    /// Asks for another path and query.
    #[must_use]
    pub fn target(mut self, target: impl AsRef<[u8]>) -> Message {
        self.target = target.as_ref().to_vec();
        self
    }

    /// Adds a header. A second one of the same name stands beside the first.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl AsRef<[u8]>) -> Message {
        self.headers
            .push((name.to_owned(), value.as_ref().to_vec()));
        self
    }

    /// Adds a trailer, for HTTP/2 requests that end in trailers.
    #[must_use]
    pub fn trailer(mut self, name: &'static str, value: &str) -> Message {
        self.trailers.push((name, value.to_owned()));
        self
    }

    /// Names the partner.
    #[must_use]
    pub fn source(self, partner: &str) -> Message {
        self.header("x-rs-source", partner)
    }

    /// Puts the signature into its header.
    #[must_use]
    pub fn sign(self, sign: &str) -> Message {
        self.header("x-rs-sign", sign)
    }

    /// Takes every header of that name off.
    #[must_use]
    pub fn without(mut self, name: &str) -> Message {
        self.headers
            .retain(|(known, _)| !known.eq_ignore_ascii_case(name));
        self
    }

    /// Sets the body; its length is told by `content-length`.
    #[must_use]
    pub fn body(mut self, body: impl AsRef<[u8]>) -> Message {
        self.body = body.as_ref().to_vec();
        self
    }

    /// Sends the body in chunks of `size` bytes.
    #[must_use]
    pub fn chunked(mut self, size: usize) -> Message {
        self.framing = Framing::Chunked(size);
        self
    }

    /// Adds no framing header of its own.
    #[must_use]
    pub fn framed_as_told(mut self) -> Message {
        self.framing = Framing::AsTold;
        self
    }

    /// The request line and headers, up to and with the empty line.
    #[must_use]
    pub fn head(&self) -> Vec<u8> {
        let mut head = [self.method.as_bytes(), b" ", &self.target, b" HTTP/1.1\r\n"].concat();
        if !self
            .headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case("host"))
        {
            head.extend_from_slice(b"host: postbacks.test\r\n");
        }
        for (name, value) in &self.headers {
            head.extend_from_slice(name.as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value);
            head.extend_from_slice(b"\r\n");
        }
        head.extend_from_slice(self.framing_header().as_bytes());
        head.extend_from_slice(b"\r\n");
        head
    }

    /// The body as framed for the wire.
    #[must_use]
    pub fn framed_body(&self) -> Vec<u8> {
        let Framing::Chunked(size) = self.framing else {
            return self.body.clone();
        };
        let mut wire = Vec::new();
        for chunk in self.body.chunks(size) {
            wire.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            wire.extend_from_slice(chunk);
            wire.extend_from_slice(b"\r\n");
        }
        wire.extend_from_slice(b"0\r\n\r\n");
        wire
    }

    /// The whole request.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut bytes = self.head();
        bytes.extend_from_slice(&self.framed_body());
        bytes
    }

    fn framing_header(&self) -> String {
        match self.framing {
            Framing::Chunked(_) => "transfer-encoding: chunked\r\n".to_owned(),
            Framing::Length if !self.body.is_empty() || self.method == "POST" => {
                format!("content-length: {}\r\n", self.body.len())
            }
            Framing::Length | Framing::AsTold => String::new(),
        }
    }
}
