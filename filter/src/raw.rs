//! The host calls the SDK does not offer as they are needed: all headers in one buffer, and properties by a path that is
//! written once, where the SDK puts it together for each request.
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
    fn proxy_get_property(
        path: *const u8,
        path_size: usize,
        data: *mut *mut u8,
        size: *mut usize,
    ) -> u32;
    fn proxy_set_property(
        path: *const u8,
        path_size: usize,
        value: *const u8,
        value_size: usize,
    ) -> u32;
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

/// The property at this path, its parts apart by a zero byte; empty when the host does not give it.
pub(crate) fn property(path: &str) -> Vec<u8> {
    let (mut data, mut size) = (null_mut(), 0);
    // SAFETY: all pointers are valid for the call, which reads the path and writes to the other two.
    let status =
        unsafe { proxy_get_property(path.as_ptr(), path.len(), &raw mut data, &raw mut size) };
    if status != OK || data.is_null() {
        return Vec::new();
    }
    // SAFETY: as above, a `Vec<u8>` of exactly `size` bytes that belongs to nobody else.
    unsafe { Vec::from_raw_parts(data, size, size) }
}

/// Sets the property of this name. Were it refused, the second lock would let nothing pass.
pub(crate) fn set_property(name: &str, value: &str) {
    // SAFETY: both texts are valid for the call, which only reads them.
    let _ = unsafe { proxy_set_property(name.as_ptr(), name.len(), value.as_ptr(), value.len()) };
}
