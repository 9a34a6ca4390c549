calendars-index-title = Your calendars
calendars-index-lead = What is in your own calendars is not offered to anybody. Only the times are kept, never what an event is about.
calendars-index-none = No calendar is connected
calendars-index-none_text = Connect the one you live by, and nobody will book over your appointments.
calendars-index-new = Connect a calendar
calendars-index-soft = does not stand in the way
calendars-index-read = Last understood:
calendars-needs_host = As long as a calendar cannot be trusted, new bookings wait for your confirmation. Nothing is booked at once on a picture that may be wrong.
calendars-stage-fetching = being read
calendars-stage-healthy = up to date
calendars-stage-failing = cannot be read
calendars-stage-incomplete = not fully understood
calendars-new-title = Connect a calendar
calendars-new-lead = By the calendar's secret address in iCal format, or by an account at a CalDAV server. Address and password are kept sealed and are shown to nobody again.
calendars-new-name = Name
calendars-new-name_hint = What you call it, like “Work”.
calendars-new-address = Address
calendars-new-address_hint = A secret address begins with https:// or webcal:// and often ends with .ics; of a CalDAV account, that of the server or of one calendar.
calendars-new-connect = Connect
calendars-new-where = Where do I find the address?
calendars-new-google = Google: settings of the calendar, “Secret address in iCal format”.
calendars-new-outlook = Outlook: settings, shared calendars, “Publish a calendar”, the ICS link.
calendars-new-apple = iCloud: share the calendar as a public calendar and copy the link.
calendars-new-other = Nextcloud, Fastmail, Proton: the share link of the calendar, “copy subscription link”.
calendars-place-kind = What is at this address?
calendars-place-feed = A calendar file (secret address)
calendars-place-caldav = A CalDAV account: Nextcloud, Fastmail, Radicale
calendars-place-user = User
calendars-place-only_caldav = Only for a CalDAV account.
calendars-place-password = App password
calendars-place-password_hint = One made for this in the settings of your account, not the one that you sign in with.
calendars-reads-title = How its events are read
calendars-reads-hint = Declined and cancelled events never take your time.
calendars-reads-all_day = Whole days
calendars-reads-tentative = Tentative events
calendars-reads-unanswered = Invitations that you have not answered
calendars-reads-as_marked = as they are marked
calendars-reads-busy = take my time
calendars-reads-free = do not
calendars-reads-stance = What this calendar means for your times
calendars-reads-stance_hint = An on-call rotation need not close your calendar.
calendars-reads-takes = What is in it takes my time
calendars-reads-warns = On call: times are offered, with a word of warning
calendars-reads-asks = On call: times are offered, and I am asked first
calendars-error-address = This address cannot be read. It must be public, begin with https:// and contain no password.
calendars-error-user = A user name without a colon, please.
calendars-error-many = There are { $most } calendars already. Please remove one.
calendars-error-no_keys = This instance cannot keep secret addresses yet: whoever runs it must set KABEUCHI_KEYS.
calendars-reason-sealed = The address cannot be opened any more. Please enter it again.
calendars-reason-elsewhere = The server keeps this account at { $origin }. If that is your provider's, enter that address with the password again; the password was not sent there.
calendars-show-origin = Server
calendars-show-fetched_at = Last tried
calendars-show-good_at = Last understood
calendars-show-never = not yet
calendars-show-reason = What is wrong
calendars-show-picture = What was read
calendars-show-events = { $count ->
    [one] 1 event.
   *[other] { $count } events.
}
calendars-show-see = See what stays free
calendars-show-flaws = What was not understood
calendars-show-flaws_text = { $count ->
    [one] One thing was not understood. It may hide busy time.
   *[other] { $count } things were not understood. They may hide busy time.
}
calendars-show-read_now = Read now
calendars-show-collections = Calendars that take your time
calendars-show-is_target = (sessions are written here)
calendars-show-settings = Settings
calendars-show-another = Another address, or a new password
calendars-show-address = New address
calendars-show-address_hint = Leave it empty to keep the present one. Of a CalDAV account, give user and password again.
calendars-otherwise-title = What another choice would change in the next four weeks
calendars-otherwise-frees = { $count ->
    [one] Frees one time:
   *[other] Frees { $count } times:
}
calendars-otherwise-takes = { $count ->
    [one] Takes one time more:
   *[other] Takes { $count } times more:
}
calendars-flaw-cut_off = It breaks off before its end.
calendars-flaw-stray_line = There are lines that belong to no calendar.
calendars-flaw-too_large = Some of it is too large to be read.
calendars-flaw-missing = { $of } is missing.
calendars-flaw-value = { $of } cannot be understood.
calendars-flaw-end_before_start = It ends before it begins.
calendars-flaw-unknown_zone = Nobody knows the time zone “{ $of }”; yours was taken.
calendars-flaw-rule = The rule of its repetition cannot be understood.
calendars-flaw-rule_beyond = It repeats more often than can be read; only its first time counts.
calendars-flaw-too_much_work = It repeats too often to be read to its end.
calendars-flaw-too_many_events = There are more events than can be read.
calendars-flaw-other = Something cannot be understood.
calendars-removal-title = Remove this calendar
calendars-removal-text = Its address and all that was read from it are deleted here. Times that it kept busy are offered again. In the calendar itself nothing changes, and bookings stay.
calendars-removal-remove = Remove
calendars-removal-back = Keep it
calendars-removal-target = Sessions are written to this calendar. Those that are in it stay there, and are neither moved nor deleted any more.
calendars-target-title = Your sessions in your calendar
calendars-target-lead = Confirmed sessions are written to the calendar that you choose, and moved and deleted there with the booking. Nobody gets a second mail because of it.
calendars-target-choice = Write sessions to
calendars-target-nowhere = No calendar
calendars-target-hint = Sessions ahead follow the choice. A session that you delete or move in your calendar yourself is not cancelled: you are asked.
calendars-target-none = There is no calendar to write to
calendars-target-none_text = Connect an account at a CalDAV server (Nextcloud, Fastmail, iCloud, Radicale). A secret address can only be read.
calendars-target-is = Written to
calendars-target-not = Confirmed sessions are not written to any of your calendars.
calendars-target-change = Choose the calendar
calendars-mail-broke-subject = Your calendar “{ $name }” cannot be read
calendars-mail-broke-text = “{ $name }” could not be read for a day. What was last read stays in force, and new bookings wait for your confirmation until it can be read again.
calendars-mail-incomplete-subject = Your calendar “{ $name }” was not fully understood
calendars-mail-incomplete-text = Not everything in “{ $name }” could be understood. So that nobody books over an appointment of yours, new bookings wait for your confirmation.
calendars-mail-recovered-subject = Your calendar “{ $name }” is read again
calendars-mail-recovered-text = “{ $name }” is up to date again, and bookings need no confirmation because of it.
calendars-mail-open = See the calendar
calendars-mail-cut_off-subject = An administrator disconnected a calendar
calendars-mail-cut_off-text = An administrator of this site disconnected one of your calendars. Its address and its busy time are forgotten; you can connect it anew.
