//! How an application gets to the host. Where administrators ask for work, whoever is signed in sends at once
//! when their browser did some, and goes by the mailed link like a visitor when it did none. For visitors it
//! takes the place of no mail, but what bots without it leave uses up nothing that they need.

use crate::features::calls::Call;
use crate::platform::db::Tx;
use crate::platform::drafts;
use crate::platform::error::AppError;
use crate::platform::form::Fields;
use crate::platform::i18n::Message;
use crate::platform::limit::Limit;
use crate::platform::limit::table::{LEFT_PER_CALL, WORKED_PER_CALL};
use crate::platform::page::Frame;
use crate::platform::settings::{self, AppliedWork};
use crate::platform::work::{Challenge, Fault, Work};
use sqlx::PgConnection;

/// The name of the form's drafts; their subject is the call.
pub const FORM: &str = "application";

/// How an application gets to the host.
pub enum Way {
    /// At once: no work is asked for, or the sender opened a mail.
    Open,
    /// At once, by work that is spent with it.
    Worked(Work),
    /// When the sender has opened a mail.
    ByMail,
}

impl Way {
    /// The way that a form takes, or why its work is refused.
    pub async fn of(
        tx: &mut Tx,
        frame: &Frame,
        call: &Call,
        fields: &Fields,
    ) -> Result<Result<Self, Message>, AppError> {
        if bits(tx, frame).await?.is_none() {
            return Ok(Ok(Way::Open));
        }
        match Work::of(&frame.platform, &marked(call), fields, frame.now) {
            Ok(Some(work)) => Ok(Ok(Way::Worked(work))),
            Ok(None) if is_proven(tx, frame, call).await? => Ok(Ok(Way::Open)),
            Ok(None) => Ok(Ok(Way::ByMail)),
            Err(fault) => Ok(Err(refusal(fault))),
        }
    }

    /// Spends its work with what follows from the form, or says why it is refused.
    pub async fn spend(&self, tx: &mut Tx) -> Result<Result<(), Message>, AppError> {
        match self {
            Way::Worked(work) => Ok(work.spend(tx).await?.map_err(refusal)),
            Way::Open | Way::ByMail => Ok(Ok(())),
        }
    }

    /// By what is counted what waits for a mail at one call.
    pub fn left_per_call(&self) -> Limit {
        match self {
            Way::Worked(_) => WORKED_PER_CALL,
            Way::Open | Way::ByMail => LEFT_PER_CALL,
        }
    }
}

fn refusal(fault: Fault) -> Message {
    Message::new(match fault {
        Fault::Wrong => "applications-new-work_wrong",
        Fault::Expired => "applications-new-work_expired",
        Fault::Spent => "applications-new-work_spent",
    })
}

/// What the browser is asked to work on; nothing where the sender needs no work.
pub async fn challenge(conn: &mut PgConnection, frame: &Frame, call: &Call) -> Result<Option<Challenge>, AppError> {
    let Some(bits) = bits(conn, frame).await? else { return Ok(None) };
    match is_proven(conn, frame, call).await? {
        true => Ok(None),
        false => Ok(Challenge::draw(&frame.platform, &marked(call), bits, frame.now)),
    }
}

/// The work that is asked for, where it can be: a challenge is sealed.
async fn bits(conn: &mut PgConnection, frame: &Frame) -> Result<Option<u32>, AppError> {
    let bits = settings::of::<AppliedWork>(conn).await?.bits();
    Ok(bits.filter(|_| !frame.platform.keys.is_empty()))
}

/// Whether the sender opened the mail that their draft waited for.
async fn is_proven(conn: &mut PgConnection, frame: &Frame, call: &Call) -> Result<bool, AppError> {
    match frame.person() {
        Some(person) => drafts::is_proven(conn, person.id, FORM, &call.id.to_string(), frame.now).await,
        None => Ok(false),
    }
}

/// The form of this call, as its marks and challenges are bound to it.
pub fn marked(call: &Call) -> String {
    format!("{FORM} {}", call.id)
}
