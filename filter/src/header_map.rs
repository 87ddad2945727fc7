//! All headers of a request in the one buffer Envoy hands over: taken apart where they lie, since the gate needs a few of
//! them and an own text for each name and value would cost more than reading them.

use std::ops::Range;

/// Length of the numbers in the buffer.
const NUMBER_BYTES: usize = 4;

/// Headers as the proxy-wasm interface writes them: how many, the lengths of each name and value as little-endian
/// 32-bit numbers, then names and values, a zero byte after each.
#[derive(Clone, Debug, Default)]
pub struct HeaderMap(Vec<u8>);

impl HeaderMap {
    /// The headers in this buffer; none at all when its lengths do not add up to it. Reading it up to the damage would
    /// hide the headers behind it: a second signature, or a forged identity.
    #[must_use]
    pub fn new(buffer: Vec<u8>) -> HeaderMap {
        let headers = HeaderMap(buffer);
        if headers.adds_up() {
            headers
        } else {
            HeaderMap::default()
        }
    }

    /// The headers in order: each one's name, and where its value lies.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], Range<usize>)> {
        let (lengths, texts) = self.parts().unwrap_or_default();
        let mut lengths = numbers(lengths);
        let mut place = self.0.len() - texts.len();
        std::iter::from_fn(move || {
            let name = next_text(&mut place, lengths.next()?)?;
            Some((self.text(&name), next_text(&mut place, lengths.next()?)?))
        })
    }

    /// What lies there.
    #[must_use]
    pub fn text(&self, place: &Range<usize>) -> &[u8] {
        self.0.get(place.clone()).unwrap_or_default()
    }

    /// True when the texts are exactly as long as the lengths say, a zero byte after each.
    fn adds_up(&self) -> bool {
        self.parts().is_some_and(|(lengths, texts)| {
            let told_bytes: u64 = numbers(lengths).map(|length| u64::from(length) + 1).sum();
            told_bytes == texts.len() as u64
        })
    }

    /// The lengths, and what they are the lengths of.
    fn parts(&self) -> Option<(&[u8], &[u8])> {
        let (count, rest) = self.0.split_first_chunk::<NUMBER_BYTES>()?;
        let count = usize::try_from(u32::from_le_bytes(*count)).ok()?;
        rest.split_at_checked(count.checked_mul(2 * NUMBER_BYTES)?)
    }
}

fn numbers(lengths: &[u8]) -> impl Iterator<Item = u32> {
    let (lengths, _) = lengths.as_chunks::<NUMBER_BYTES>();
    lengths.iter().map(|bytes| u32::from_le_bytes(*bytes))
}

/// The text of this length, and steps over the zero byte behind it.
fn next_text(place: &mut usize, length: u32) -> Option<Range<usize>> {
    let text = *place..place.checked_add(usize::try_from(length).ok()?)?;
    *place = text.end.checked_add(1)?;
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
        let two = two();
        let headers: Vec<_> = two
            .iter()
            .map(|(name, place)| (name.to_vec(), two.text(&place).to_vec()))
            .collect();
        let expected = [
            (b":path".to_vec(), b"/".to_vec()),
            (b"x-empty".to_vec(), vec![]),
        ];
        assert_eq!(headers, expected);
    }

    #[test]
    fn a_damaged_buffer_gives_no_header_at_all() {
        let HeaderMap(whole) = two();
        for length in 0..whole.len() {
            let cut = HeaderMap::new(whole.iter().copied().take(length).collect());
            assert_eq!(cut.iter().count(), 0, "{length} bytes");
        }
        let mut longer = whole.clone();
        longer.push(0);
        assert_eq!(HeaderMap::new(longer).iter().count(), 0);
        for place in 0..4 + 4 * NUMBER_BYTES {
            let mut other = whole.clone();
            other[place] ^= 1;
            assert_eq!(HeaderMap::new(other).iter().count(), 0, "byte {place}");
        }
        assert_eq!(HeaderMap::new(vec![0xff; 64]).iter().count(), 0);
    }
}
