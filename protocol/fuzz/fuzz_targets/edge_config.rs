//! Any configuration is either refused with its mistakes or written back to the same.
#![no_main]

use libfuzzer_sys::fuzz_target;
use postern_protocol::edge::EdgeConfig;

fuzz_target!(|json: &[u8]| {
    match EdgeConfig::parse(json) {
        Ok(config) => {
            let written = config.to_json();
            let again = EdgeConfig::parse(written.as_bytes()).expect("what is written is read");
            assert_eq!(again.to_json(), written);
        }
        Err(mistakes) => assert!(!mistakes.is_empty()),
    }
});
