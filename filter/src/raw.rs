//! The one host call the SDK does not offer as it is needed: all headers in one buffer.
#![expect(
    unsafe_code,
    reason = "the interface to the host is one of raw pointers"
)]

use crate::header_map::HeaderMap;
use std::ptr::null_mut;

/// The interface's name for the request's headers.
const REQUEST_HEADERS: u32 = 0;
/// The interface's word for success.
const OK: u32 = 0;

#[link(wasm_import_module = "env")]
unsafe extern "C" {
    fn proxy_get_header_map_pairs(map: u32, data: *mut *mut u8, size: *mut usize) -> u32;
}

/// All headers of the request; none when the host does not give them.
pub(crate) fn request_headers() -> HeaderMap {
    let (mut data, mut size) = (null_mut(), 0);
    // SAFETY: both pointers are valid for the call, which only writes to them.
    let status =
        unsafe { proxy_get_header_map_pairs(REQUEST_HEADERS, &raw mut data, &raw mut size) };
    if status != OK || data.is_null() {
        return HeaderMap::default();
    }
    // SAFETY: the host puts the headers where the SDK's allocation callback told it to: into a `Vec<u8>` that holds
    // exactly `size` bytes and belongs to nobody else.
    HeaderMap::new(unsafe { Vec::from_raw_parts(data, size, size) })
}
