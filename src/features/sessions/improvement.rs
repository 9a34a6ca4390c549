//! What feedback changes in the run sheet of a call.

use super::store::{self, Stale};
use crate::domain::id::{CallId, PersonId};
use crate::domain::run_sheet::{Origin, SheetBlock, check};
use crate::domain::session::Kind;
use crate::platform::db::Tx;
use crate::platform::error::AppError;
use crate::platform::i18n::Speech;
use sqlx::PgConnection;

/// The block that changes.
pub enum Target {
    /// One that is there, by its word.
    Block { word: String, minutes: Option<i32> },
    /// One more, before the topics.
    New { title: String, minutes: Option<i32> },
}

/// The word of a block in forms: its kind, or the name that the hosts gave it.
fn word(block: &SheetBlock) -> String {
    match block.is_own() {
        true => format!("own:{}", block.title),
        false => block.kind.as_str().to_owned(),
    }
}

/// Words of all blocks of a call's run sheet.
pub async fn run_sheet_words(conn: &mut PgConnection, call: CallId) -> Result<Vec<String>, AppError> {
    Ok(store::run_sheet(conn, call).await?.blocks.iter().map(word).collect())
}

/// Words and names of all blocks of a call's run sheet.
pub async fn blocks_of(
    conn: &mut PgConnection,
    call: CallId,
    speech: Speech,
) -> Result<Vec<(String, String)>, AppError> {
    let name = |block: &SheetBlock| match block.title.as_str() {
        "" => speech.t(block.kind.key()).to_string(),
        title => title.to_owned(),
    };
    Ok(store::run_sheet(conn, call).await?.blocks.iter().map(|block| (word(block), name(block))).collect())
}

/// Changes the run sheet because of what somebody said: the block is on then, and says why. False
/// where it has no room for another. The caller locked the call.
pub async fn improve_run_sheet(
    tx: &mut Tx,
    call: CallId,
    by: PersonId,
    target: Target,
    because: &str,
) -> Result<bool, AppError> {
    let sheet = store::run_sheet(tx, call).await?;
    let mut blocks = sheet.blocks;
    match target {
        Target::Block { word: wanted, minutes } => {
            for block in blocks.iter_mut().filter(|block| word(block) == wanted) {
                (block.is_on, block.origin, block.because) = (true, Origin::Feedback, because.to_owned());
                block.minutes = minutes.or(block.minutes);
            }
        }
        Target::New { title, minutes } => {
            let place = blocks.iter().position(|block| block.kind == Kind::Topic).unwrap_or(blocks.len());
            let (origin, because) = (Origin::Feedback, because.to_owned());
            let new = SheetBlock { title, minutes, origin, because, ..SheetBlock::of(Kind::Background) };
            blocks.insert(place, new);
        }
    }
    if check(&blocks).is_err() {
        return Ok(false);
    }
    match store::save_run_sheet(tx, call, by, &blocks, sheet.revision).await? {
        Ok(()) => Ok(true),
        Err(Stale) => Ok(false),
    }
}
