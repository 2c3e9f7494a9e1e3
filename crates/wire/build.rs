//! Compiles the protocol with a compiler in Rust: building needs no protoc.

use std::path::PathBuf;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=../../proto");
    let mut compiler = protox::Compiler::new(["../../proto"])?;
    compiler.include_source_info(true).include_imports(true);
    compiler.open_files(["rapgrid/v1/rapgrid.proto"])?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    // Reflection serves these bytes.
    std::fs::write(out.join("rapgrid.v1.bin"), compiler.encode_file_descriptor_set())?;
    tonic_prost_build::configure().compile_fds(compiler.file_descriptor_set())?;
    Ok(())
}
