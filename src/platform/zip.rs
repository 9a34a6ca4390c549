//! Writes ZIP archives (PKWARE APPNOTE 6.3) without compression: what goes in is kept for a week, and mostly
//! pictures and PDFs, which are compressed already.

use flate2::Crc;
use std::io::{self, Write};

/// An archive that is being written.
pub struct Zip<W> {
    out: W,
    at: u32,
    directory: Vec<u8>,
    entries: u16,
}

/// Version 2.0, names in UTF-8 (bit 11).
const VERSION: u16 = 20;
const UTF8: u16 = 1 << 11;
/// 1 January 1980: archives tell no times of their own.
const EPOCH: u16 = 1 << 5 | 1;

impl<W: Write> Zip<W> {
    /// An empty archive.
    pub fn new(out: W) -> Self {
        Self { out, at: 0, directory: Vec::new(), entries: 0 }
    }

    /// Adds a file.
    pub fn add(&mut self, name: &str, bytes: &[u8]) -> io::Result<()> {
        let mut crc = Crc::new();
        crc.update(bytes);
        let too_large = |_| io::Error::other("too large for an archive");
        let size = u32::try_from(bytes.len()).map_err(too_large)?;
        let length = u16::try_from(name.len()).map_err(too_large)?;
        let mut about = Vec::new();
        for word in [VERSION, UTF8, 0, 0, EPOCH] {
            about.extend(word.to_le_bytes());
        }
        for word in [crc.sum(), size, size] {
            about.extend(word.to_le_bytes());
        }
        about.extend(length.to_le_bytes());
        about.extend(0u16.to_le_bytes());
        self.directory.extend(b"PK\x01\x02");
        self.directory.extend(VERSION.to_le_bytes());
        self.directory.extend(&about);
        // Comment, disk and internal attributes; external attributes; place.
        self.directory.extend([0; 10]);
        self.directory.extend(self.at.to_le_bytes());
        self.directory.extend(name.as_bytes());
        self.write(b"PK\x03\x04")?;
        self.write(&about)?;
        self.write(name.as_bytes())?;
        self.write(bytes)?;
        self.entries = self.entries.checked_add(1).ok_or_else(|| io::Error::other("too many files for an archive"))?;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let end = u32::try_from(bytes.len()).ok().and_then(|length| self.at.checked_add(length));
        self.at = end.ok_or_else(|| io::Error::other("too large for an archive"))?;
        self.out.write_all(bytes)
    }

    /// Writes the directory; gives the bytes of the whole and what was written to.
    pub fn finish(mut self) -> io::Result<(u64, W)> {
        let (at, directory) = (self.at, std::mem::take(&mut self.directory));
        self.write(&directory)?;
        let mut end = b"PK\x05\x06\0\0\0\0".to_vec();
        end.extend(self.entries.to_le_bytes());
        end.extend(self.entries.to_le_bytes());
        end.extend((self.at - at).to_le_bytes());
        end.extend(at.to_le_bytes());
        end.extend([0, 0]);
        self.write(&end)?;
        Ok((self.at.into(), self.out))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::Command;

    #[test]
    fn another_program_reads_what_was_written() {
        let mut zip = Zip::new(Vec::new());
        zip.add("index.html", "読める".as_bytes()).unwrap();
        zip.add("files/計画.txt", &[7; 100_000]).unwrap();
        let (size, bytes) = zip.finish().unwrap();
        assert_eq!(size, bytes.len() as u64);
        let file = std::env::temp_dir().join(format!("kabeuchi-{}.zip", crate::platform::random::key()));
        std::fs::write(&file, bytes).unwrap();

        let script = "import sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; \
                      print([(i.filename, i.file_size) for i in z.infolist()], z.read('index.html').decode())";
        let read =
            Command::new("python3").arg("-c").arg(script).arg(&file).env("PYTHONIOENCODING", "utf-8").output().unwrap();

        std::fs::remove_file(file).unwrap();
        assert_eq!(
            String::from_utf8_lossy(&read.stdout).trim(),
            "[('index.html', 9), ('files/計画.txt', 100000)] 読める",
            "{}",
            String::from_utf8_lossy(&read.stderr)
        );
    }
}
