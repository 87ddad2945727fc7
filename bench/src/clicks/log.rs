//! A click log as a tracker writes it: random ids, in the order of time, every column filled.

use std::fs::File;
use std::io::{self, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest as _, Sha256};

/// When the first click was.
const START: u64 = 1_767_225_600;
const CLICKS_PER_SECOND: u64 = 20;
const HEADER: &str = "clickid,partner,clicked_at,cost,currency,geo,sub_id_1,sub_id_2";

/// The log in a file.
pub(super) struct Log {
    pub(super) file: PathBuf,
    pub(super) clicks: u64,
}

/// One of its clicks.
pub(super) struct Logged {
    pub(super) clickid: String,
    pub(super) partner: String,
    pub(super) clicked_at: u64,
    pub(super) cents: u64,
    pub(super) geo: &'static str,
    pub(super) campaign: String,
    pub(super) creative: String,
}

impl Log {
    pub(super) fn make(folder: &Path, clicks: u64) -> io::Result<Self> {
        let file = folder.join("clicks.csv");
        let mut out = BufWriter::new(File::create(&file)?);
        writeln!(out, "{HEADER}")?;
        let log = Self { file, clicks };
        for it in log.clicks() {
            let cost = format!("{}.{:02}", it.cents / 100, it.cents % 100);
            writeln!(
                out,
                "{},{},{},{cost},USD,{},{},{}",
                it.clickid, it.partner, it.clicked_at, it.geo, it.campaign, it.creative
            )?;
        }
        out.flush()?;
        Ok(log)
    }

    /// The clicks again, for those who need no parsing.
    pub(super) fn clicks(&self) -> impl Iterator<Item = Logged> + use<> {
        (0..self.clicks).map(logged)
    }
}

/// The digest of its number stands for chance, and is the same in each run.
fn logged(number: u64) -> Logged {
    const GEOS: [&str; 8] = ["DE", "FR", "ES", "IT", "PL", "BR", "IN", "US"];
    let chance = Sha256::digest(number.to_le_bytes());
    let clickid = chance[..12].iter().map(|byte| format!("{byte:02x}"));
    Logged {
        clickid: clickid.collect(),
        partner: format!("partner_{}", chance[12] % 20),
        clicked_at: START + number / CLICKS_PER_SECOND,
        cents: u64::from(chance[13] % 100),
        geo: GEOS[usize::from(chance[14] % 8)],
        campaign: format!("campaign-{}", chance[15]),
        creative: format!("ad-{}-{}", chance[16], chance[17]),
    }
}
