//! Takes out of the built filter what Envoy would call for nothing.
//!
//! The proxy-wasm SDK exports every callback the interface knows. Envoy calls each one it finds, on each request: for
//! response headers, response bodies, logging, streams. The gate uses a few; each of the others costs a crossing into
//! the VM that ends in an empty default. This keeps the exports the gate lives on and drops the rest, with the code that
//! only they reached. The filter means the same before and after.
//!
//! `pack-wasm IN.wasm OUT.wasm`

use std::process::ExitCode;
use walrus::Module;

/// What Envoy has to find. All else of the interface is left out.
const KEPT_EXPORTS: [&str; 14] = [
    // What Envoy needs of any plugin: its memory, how to put bytes there, how to start.
    "memory",
    "malloc",
    "proxy_on_memory_allocate",
    "_initialize",
    "proxy_abi_version_0_2_1",
    // The life of a configuration.
    "proxy_on_vm_start",
    "proxy_on_configure",
    "proxy_on_tick",
    // The life of a request.
    "proxy_on_context_create",
    "proxy_on_request_headers",
    "proxy_on_request_body",
    "proxy_on_request_trailers",
    "proxy_on_delete",
    // Made by the linker for tools; harmless, and absent where it is not made.
    "__indirect_function_table",
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output] = arguments.as_slice() else {
        eprintln!("usage: pack-wasm IN.wasm OUT.wasm");
        return ExitCode::from(2);
    };
    match pack(input, output) {
        Ok(dropped) => {
            println!(
                "{output}: {} exports left out: {}",
                dropped.len(),
                dropped.join(", ")
            );
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{input}: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Writes `input` without the exports that are not kept; gives their names.
fn pack(input: &str, output: &str) -> Result<Vec<String>, Box<dyn std::error::Error>> {
    let mut module = Module::from_file(input)?;
    if !module
        .exports
        .iter()
        .any(|export| export.name == "proxy_on_request_trailers")
    {
        return Err("this is no filter of ours: a callback it lives on is missing".into());
    }
    let unneeded = module
        .exports
        .iter()
        .filter(|export| !KEPT_EXPORTS.contains(&export.name.as_str()));
    let unneeded: Vec<_> = unneeded
        .map(|export| (export.id(), export.name.clone()))
        .collect();
    for (id, _) in &unneeded {
        module.exports.delete(*id);
    }
    walrus::passes::gc::run(&mut module);
    module.emit_wasm_file(output)?;
    Ok(unneeded.into_iter().map(|(_, name)| name).collect())
}
