site-name = Kabeuchi
site-skip = Skip to the page
site-nav = Main
site-nav-home = Your turn
site-nav-applications = Applications
site-nav-calls = Calls
site-nav-availability = Hours
site-nav-admin = Administration
site-nav-front = Calls
site-nav-calendars = My calendar
site-nav-privacy = Quotes and approvals
site-nav-profile = Profile
site-nav-sign_ins = Signed-in devices
site-nav-sign_in = Sign in
site-nav-sign_out = Sign out
site-mailbox = This instance serves your machine alone and sends no mail.
site-mailbox-link = Open the mailbox
site-contact = Contact the operator
site-footer = Write first, talk, reflect. These pages talk to no third party.

flash-saved = Saved.
flash-sent = Sent.
flash-done = Done.
flash-signed_out = You are signed out.
flash-revoked = Signed out there.
flash-moved = Moved. Everyone gets a mail with the new time.
flash-cancelled = Cancelled. Everyone gets a mail.
flash-published = Published.

form-refused = Something needs your attention
field-missing = Please fill this in.
field-too_long = Please use at most { $max } characters.
field-control = This contains characters that cannot be shown. Please remove them.
field-address = This is not an address that mail can be sent to. For example: name@example.org
field-zone = Please choose a time zone from the list.
field-choice = Please choose one of the options.
field-slug = Please use 2 to 40 lower-case letters, digits and single hyphens.
field-slug_reserved = This word is taken by the program. Please choose another.
field-link = Please give a full link that begins with https:// or http://
field-number = Please give a whole number from { $min } to { $max }.

time-in-minutes = { $minutes ->
    [one] in 1 minute
   *[other] in { $minutes } minutes
}
time-today = today
time-tomorrow = tomorrow
time-yesterday = yesterday
time-in-days = in { $days } days
time-days-ago = { $days } days ago

fetch-unreachable = The server cannot be reached. Please check the address; it must be public, and begin with https.
fetch-certificate = The server's certificate cannot be trusted.
fetch-redirects = The address leads on to too many others, or to none.
fetch-too_large = The answer is too large.
fetch-cut_off = The answer broke off.
fetch-denied = The server does not let us in.
fetch-gone = There is nothing at this address any more.
fetch-status = The server answers with an error.
fetch-kind = What is at this address is not a calendar.
site-nav-notifications = Mails
flash-unproven = We do not know yet whether this address is yours, so we ask by mail. Once you are signed in, you can link the other account in your settings.
flash-mailed = Your application waits for you: a mail is on its way to you. Open its link, and you see the application once more and send it.
flash-address = Done. Sign in with the address that belongs to your account now.
flash-leaving = You are signed out, and your account is being deleted. A last mail tells you when it is done.
