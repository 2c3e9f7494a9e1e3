//! Talking to the server as a client: is it ready, and would it please stop?

use std::io::{self, ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use rustix::process::{Pid, Signal};

use crate::layout::DATABASE;

/// What comes of a client's attempt.
#[derive(Debug)]
pub(crate) enum Answer {
    /// It gets through, or is refused by a server that does run, say with all connections taken.
    Accepts,
    /// "Cannot connect now" (57P03: starting, stopping, recovering), or no whole answer.
    NotYet,
    /// Nobody listens, or may be asked from here.
    Unreachable(io::Error),
}

pub(crate) fn ask(socket: &Path) -> Answer {
    match UnixStream::connect(socket) {
        Ok(stream) => match open(&stream) {
            Ok(true) => Answer::Accepts,
            _ => Answer::NotYet,
        },
        Err(error) => match error.kind() {
            ErrorKind::NotFound | ErrorKind::ConnectionRefused | ErrorKind::PermissionDenied => {
                Answer::Unreachable(error)
            }
            _ => Answer::NotYet,
        },
    }
}

/// Whether a client gets through.
pub(crate) fn accepts(socket: &Path) -> bool {
    matches!(ask(socket), Answer::Accepts)
}

/// Has the server send a signal to its own process `pid`, as it is numbered there: from another PID namespace nobody
/// else can. It runs the command because the program's user is its superuser.
pub(crate) fn signal(socket: &Path, pid: Pid, signal: Signal) -> io::Result<()> {
    let mut stream = UnixStream::connect(socket)?;
    if !open(&stream)? {
        return Err(ErrorKind::NotConnected.into());
    }
    let name = if signal == Signal::QUIT { "QUIT" } else { "INT" };
    let sql = format!("COPY (SELECT) TO PROGRAM 'kill -{name} {}'\0", pid.as_raw_nonzero());
    let mut packet = vec![b'Q'];
    packet.extend((4 + sql.len() as u32).to_be_bytes());
    packet.extend(sql.as_bytes());
    stream.write_all(&packet)?;
    // Until it has done so: it ends this connection first of all.
    io::copy(&mut stream, &mut io::sink()).map(|_| ())
}

/// Begins a connection as the protocol has it: start-up packet; messages of type, length, body. Returns whether it
/// gets through; it is ended by whoever drops the stream.
fn open(mut stream: &UnixStream) -> io::Result<bool> {
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
        stream.take(u64::from(length).saturating_sub(4)).read_to_end(&mut body)?;
        match head[0] {
            b'E' => return Ok(!body.split(|byte| *byte == 0).any(|field| field == b"C57P03")),
            b'Z' => return Ok(true),
            _ => {}
        }
    }
}
