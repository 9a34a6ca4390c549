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

/// What a change did to the run sheet, for whoever takes it back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Its own block came.
    Added,
    /// A block got another reason; this is where it came from, and why, before.
    Reasoned { origin: Origin, because: String },
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

/// Changes the run sheet because of what somebody said: the block is on then, and says why. Nothing
/// where it has no room for another. The caller locked the call.
pub async fn improve_run_sheet(
    tx: &mut Tx,
    call: CallId,
    by: PersonId,
    target: Target,
    because: &str,
) -> Result<Option<Change>, AppError> {
    let sheet = store::run_sheet(tx, call).await?;
    let mut blocks = sheet.blocks;
    let mut change = Change::Added;
    match target {
        Target::Block { word: wanted, minutes } => {
            for block in blocks.iter_mut().filter(|block| word(block) == wanted) {
                change = Change::Reasoned { origin: block.origin, because: block.because.clone() };
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
        return Ok(None);
    }
    match store::save_run_sheet(tx, call, by, &blocks, sheet.revision).await? {
        Ok(()) => Ok(Some(change)),
        Err(Stale) => Ok(None),
    }
}

/// Takes a change back: the block that it added leaves, another says again what it said before. What
/// the hosts gave another reason since is theirs. False where nothing of it is left. The caller locked
/// the call.
pub async fn take_back_improvement(
    tx: &mut Tx,
    call: CallId,
    by: PersonId,
    because: &str,
    change: Change,
) -> Result<bool, AppError> {
    let sheet = store::run_sheet(tx, call).await?;
    let is_its = |block: &SheetBlock| block.origin == Origin::Feedback && block.because == because;
    let mut blocks = sheet.blocks;
    if !blocks.iter().any(is_its) {
        return Ok(false);
    }
    let (origin, words) = match change {
        Change::Added => {
            let without: Vec<_> = blocks.iter().filter(|block| !(is_its(block) && block.is_own())).cloned().collect();
            // The last block that is on stays, as one of the hosts' own.
            blocks = if check(&without).is_ok() { without } else { blocks };
            (Origin::Host, String::new())
        }
        Change::Reasoned { origin, because } => (origin, because),
    };
    for block in blocks.iter_mut().filter(|block| is_its(block)) {
        (block.origin, block.because) = (origin, words.clone());
    }
    Ok(store::save_run_sheet(tx, call, by, &blocks, sheet.revision).await?.is_ok())
}
