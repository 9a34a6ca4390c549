//! A session in the calendar that its host chose: put there, and taken away. Which session, and what
//! it says, is the bookings' business.

use super::form::Secret;
use super::reason::Reason;
use super::store::{self, Object};
use crate::domain::id::{BookingId, PersonId};
use crate::platform::Platform;
use crate::platform::dav::{self, Account, Error, Place};
use crate::platform::error::AppError;
use sqlx::PgConnection;

/// A session's object with what opens the account that it is in.
pub struct Reach {
    pub object: Object,
    secret: Option<Secret>,
}

impl Reach {
    /// `None` where the session is in no calendar.
    pub async fn of(
        conn: &mut PgConnection,
        platform: &Platform,
        booking: BookingId,
        person: PersonId,
    ) -> Result<Option<Self>, AppError> {
        let Some(object) = store::object(&mut *conn, booking, person).await? else { return Ok(None) };
        let Some(calendar) = store::system(&mut *conn, object.calendar).await? else { return Ok(None) };
        let secret = store::secret(conn, &calendar, &platform.keys).await?;
        Ok(Some(Self { object, secret }))
    }

    /// Puts the text of the session there; gives where it is now.
    pub async fn put(&self, platform: &Platform, text: String) -> Result<Place, Reason> {
        let (address, user, password) = self.opened()?;
        let address = platform.http.address(address).map_err(Reason::NotFetched)?;
        let account = Account { address: &address, user, password };
        dav::put(&platform.http, &account, &self.as_known(), text).await.map_err(|error| Reason::from(&error))
    }

    /// Takes the session away.
    pub async fn remove(&self, platform: &Platform) -> Result<(), Reason> {
        let (address, user, password) = self.opened()?;
        let address = platform.http.address(address).map_err(Reason::NotFetched)?;
        let account = Account { address: &address, user, password };
        dav::remove(&platform.http, &account, &self.as_known()).await.map_err(|error| Reason::from(&error))
    }

    fn as_known(&self) -> dav::Object<'_> {
        dav::Object { collection: &self.object.collection, uid: &self.object.uid, place: &self.object.place }
    }

    fn opened(&self) -> Result<(&str, &str, &str), Reason> {
        match &self.secret {
            Some(Secret::CalDav { address, user, password }) => Ok((address, user, password)),
            // A feed has no place for a session; the row that says so is on its way out.
            Some(Secret::Feed { .. }) | None => Err(Reason::Sealed),
        }
    }
}

/// Whether a session that a reading did not show is truly gone from its calendar.
pub(super) async fn is_gone(platform: &Platform, account: &Account<'_>, object: &Object) -> Result<bool, Error> {
    Ok(dav::find(&platform.http, account, &object.collection, &object.uid).await?.is_none())
}
