//! Asks clamd about a file: INSTREAM, the bytes in pieces, one line back.

use super::error::AppError;
use std::fs::File;
use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

/// Bytes of a piece.
const PIECE: usize = 64 * 1024;
/// How long a scanner may be silent.
const SILENCE: Duration = Duration::from_secs(30);
/// Bytes of an answer.
const ANSWER: u64 = 4096;

/// What the scanner says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Clean,
    Found,
}

/// Has a file scanned; no answer is an error that passes.
pub async fn scan(address: &str, path: PathBuf) -> Result<Verdict, AppError> {
    let address = address.to_owned();
    let asked = tokio::task::spawn_blocking(move || ask(&address, File::open(path)?)).await;
    let answer = asked.map_err(|e| AppError::Unexpected(e.into()))?.map_err(|e| AppError::Unavailable(e.into()))?;
    verdict(&answer).ok_or_else(|| AppError::Unavailable(anyhow::anyhow!("the scanner answers something else")))
}

/// Whether it is there: clamd answers PING with PONG.
pub async fn answers(address: &str) -> bool {
    let address = address.to_owned();
    let asked = tokio::task::spawn_blocking(move || {
        let mut stream = connect(&address)?;
        stream.write_all(b"zPING\0")?;
        said(stream)
    });
    matches!(asked.await, Ok(Ok(answer)) if answer.trim_end_matches(['\0', '\n']) == "PONG")
}

fn connect(address: &str) -> io::Result<TcpStream> {
    let address = address.to_socket_addrs()?.next().ok_or_else(|| io::Error::other("the scanner has no address"))?;
    let stream = TcpStream::connect_timeout(&address, SILENCE)?;
    stream.set_read_timeout(Some(SILENCE))?;
    stream.set_write_timeout(Some(SILENCE))?;
    Ok(stream)
}

fn said(stream: TcpStream) -> io::Result<String> {
    let mut answer = String::new();
    stream.take(ANSWER).read_to_string(&mut answer)?;
    Ok(answer)
}

fn ask(address: &str, mut file: File) -> io::Result<String> {
    let mut stream = connect(address)?;
    stream.write_all(b"zINSTREAM\0")?;
    let mut piece = vec![0; PIECE];
    loop {
        let read = file.read(&mut piece)?;
        stream.write_all(&u32::try_from(read).unwrap_or_default().to_be_bytes())?;
        if read == 0 {
            break;
        }
        stream.write_all(&piece[..read])?;
    }
    said(stream)
}

fn verdict(answer: &str) -> Option<Verdict> {
    match answer.trim_end_matches(['\0', '\n']) {
        "stream: OK" => Some(Verdict::Clean),
        found if found.ends_with(" FOUND") => Some(Verdict::Found),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_clear_answer_is_a_verdict() {
        assert_eq!(verdict("stream: OK\0"), Some(Verdict::Clean));
        assert_eq!(verdict("stream: Eicar-Test-Signature FOUND\0"), Some(Verdict::Found));
        for other in ["", "stream: ", "INSTREAM size limit exceeded. ERROR\0", "stream: OK ERROR"] {
            assert_eq!(verdict(other), None, "{other}");
        }
    }
}
