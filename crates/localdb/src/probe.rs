//! Asking the server itself whether it is ready, as a client.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use crate::DATABASE;

/// Whether a client gets through. Only "cannot connect now" (57P03: starting, stopping, recovering) is a no: a
/// server that refuses for another reason, say with all connections taken, does run.
pub(crate) fn accepts(socket: &Path) -> bool {
    converse(socket).unwrap_or(false)
}

/// A connection as the protocol has it: start-up packet; messages of type, length, body; terminate.
fn converse(socket: &Path) -> std::io::Result<bool> {
    let mut stream = UnixStream::connect(socket)?;
    stream.set_read_timeout(Some(Duration::from_secs(5)))?;
    stream.set_write_timeout(Some(Duration::from_secs(5)))?;
    let body = format!("user\0{DATABASE}\0database\0{DATABASE}\0\0");
    let mut packet = (8 + body.len() as u32).to_be_bytes().to_vec();
    packet.extend(196_608_u32.to_be_bytes()); // protocol 3.0
    packet.extend(body.as_bytes());
    stream.write_all(&packet)?;
    loop {
        let mut head = [0; 5];
        stream.read_exact(&mut head)?;
        let length = u32::from_be_bytes([head[1], head[2], head[3], head[4]]);
        let mut body = Vec::new();
        (&stream).take(u64::from(length).saturating_sub(4)).read_to_end(&mut body)?;
        match head[0] {
            b'E' => return Ok(!body.split(|byte| *byte == 0).any(|field| field == b"C57P03")),
            b'Z' => return stream.write_all(&[b'X', 0, 0, 0, 4]).map(|()| true),
            _ => {}
        }
    }
}
