//! All headers of a request in the one buffer Envoy hands over: taken apart where they lie, since the gate needs a few of
//! them and an own text for each name and value would cost more than reading them.

/// Length of the numbers in the buffer.
const NUMBER_BYTES: usize = 4;

/// Headers as the proxy-wasm interface writes them: how many, the lengths of each name and value as little-endian
/// 32-bit numbers, then names and values, a zero byte after each.
#[derive(Clone, Debug, Default)]
pub struct HeaderMap(Vec<u8>);

impl HeaderMap {
    /// The headers in this buffer.
    #[must_use]
    pub fn new(buffer: Vec<u8>) -> HeaderMap {
        HeaderMap(buffer)
    }

    /// The headers in order, each as name and value. Ends where the buffer is not as it should be.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        let (lengths, texts) = self.parts().unwrap_or_default();
        let (lengths, _) = lengths.as_chunks::<NUMBER_BYTES>();
        let mut lengths = lengths.iter().map(|bytes| u32::from_le_bytes(*bytes));
        let mut texts = texts;
        std::iter::from_fn(move || {
            let name = take(&mut texts, lengths.next()?)?;
            Some((name, take(&mut texts, lengths.next()?)?))
        })
    }

    /// The lengths, and what they are the lengths of.
    fn parts(&self) -> Option<(&[u8], &[u8])> {
        let (count, rest) = self.0.split_first_chunk::<NUMBER_BYTES>()?;
        let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
        rest.split_at_checked(count.checked_mul(2 * NUMBER_BYTES)?)
    }
}

/// The next text of this length, and the zero byte behind it.
fn take<'a>(texts: &mut &'a [u8], length: u32) -> Option<&'a [u8]> {
    let (text, rest) = texts.split_at_checked(usize::try_from(length).ok()?)?;
    (_, *texts) = rest.split_first()?;
    Some(text)
}

#[cfg(test)]
impl FromIterator<(String, Vec<u8>)> for HeaderMap {
    fn from_iter<I: IntoIterator<Item = (String, Vec<u8>)>>(headers: I) -> HeaderMap {
        let headers: Vec<_> = headers.into_iter().collect();
        let number = |length: usize| (length as u32).to_le_bytes();
        let mut buffer = number(headers.len()).to_vec();
        for (name, value) in &headers {
            buffer.extend([number(name.len()), number(value.len())].concat());
        }
        for (name, value) in &headers {
            buffer.extend([name.as_bytes(), b"\0", value, b"\0"].concat());
        }
        HeaderMap(buffer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    fn two() -> HeaderMap {
        let pairs = [(":path", "/"), ("x-empty", "")];
        pairs
            .map(|(name, value)| (name.to_owned(), value.into()))
            .into_iter()
            .collect()
    }

    #[test]
    fn headers_come_out_as_they_went_in() {
        let headers: Vec<_> = two()
            .iter()
            .map(|(name, value)| (name.to_vec(), value.to_vec()))
            .collect();
        let expected = [
            (b":path".to_vec(), b"/".to_vec()),
            (b"x-empty".to_vec(), vec![]),
        ];
        assert_eq!(headers, expected);
    }

    #[test]
    fn a_buffer_cut_anywhere_gives_whole_headers_or_none() {
        let HeaderMap(whole) = two();
        for length in 0..whole.len() {
            let cut = HeaderMap::new(whole.iter().copied().take(length).collect());
            assert!(cut.iter().count() < 2, "{length} bytes");
        }
        assert_eq!(HeaderMap::new(vec![0xff; 64]).iter().count(), 0);
    }
}
