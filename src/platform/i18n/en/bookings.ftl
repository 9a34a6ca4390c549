bookings-new-title = Choose a time
bookings-new-choose = Please choose a time.
bookings-new-unreadable = This is not a time of this page. Please choose one below.
bookings-new-taken = This time is not free any more. Nothing was booked; here are other times.
bookings-new-not_now = A time can be chosen while the consultation is being prepared.
bookings-new-booked = A time is booked already.
bookings-new-to_booking = See it
bookings-new-early = You may book now and keep writing. The more is written before, the more the talk is worth.
bookings-new-to_questions = Write on
bookings-new-then = Everyone gets a mail for their calendar. You can move or cancel until it begins.
bookings-new-book = Book this time
bookings-grid-all_days = All days
bookings-grid-zone = Times are in
bookings-grid-host_zone = small: the host’s clock, { $zone }
bookings-grid-length = How long
bookings-grid-clocks_change = The clocks of { $zone } change before the last of these times. What you see is right for each day.
bookings-grid-none = No time is free at present
bookings-grid-none_text = Look again in a few days, or write to the host in the questions. Writing goes on without a time.
bookings-grid-not_before = No { $minutes }-minute time before { $date }.
bookings-grid-sooner = A { $minutes }-minute one is free on { $date }.
bookings-grid-opens = The host opens new days as time passes: { $day } on { $on }.
bookings-grid-day_none = nothing free
bookings-grid-weeks = Other days
bookings-grid-before = Earlier
bookings-grid-after = Later
bookings-slots-title = Free times
bookings-slots-lead = What people can book in the next four weeks, and why a time is, or is not, offered.
bookings-slots-call = Call
bookings-slots-at = A time you wonder about
bookings-slots-ask = Show
bookings-slots-offered = can be booked now.
bookings-slots-not_offered = is not offered:
bookings-slots-no_such_time = is no time that your clocks show.
bookings-slots-day_none = No session fits into the hours of this day.
bookings-slots-start = Begins
bookings-slots-why = Can it be booked?
bookings-slots-free = free
bookings-slots-weeks = Four weeks
bookings-slots-weeks_text = On the clocks of { $zone }. Choose a day to see each of its times.
bookings-slots-legend_free = can be booked
bookings-slots-legend_hours = your hours, not offered
bookings-slots-legend_booked = booked
bookings-slots-legend_busy = busy
bookings-slots-count = { $count ->
    [0] none
    [one] 1 time
   *[other] { $count } times
}
bookings-slots-no_calls = There is no call yet whose times could be shown
bookings-slots-write_call = Write a call
bookings-why-outside_hours = The session would not lie wholly inside your hours.
bookings-why-override = { $date } has hours of its own, set under “dates that differ”.
bookings-why-notice = It is sooner than your notice allows; the first time is { $first }.
bookings-why-earliest = The preparation is not over before { $first }.
bookings-why-horizon = It is beyond the last day that can be booked now, { $last }.
bookings-why-sessions_per_day = { $used } of { $most } sessions of that day are taken.
bookings-why-sessions_per_week = { $used } of { $most } sessions of that week are taken.
bookings-why-minutes_per_day = { $used } of { $most } minutes of that day are taken.
bookings-why-minutes_per_week = { $used } of { $most } minutes of that week are taken.
bookings-why-of_call_per_day = { $used } of { $most } sessions of this call on that day are taken.
bookings-why-of_call_per_week = { $used } of { $most } sessions of this call in that week are taken.
bookings-why-busy = You are busy: { $span }.
bookings-why-booking = A session is booked: { $span }.
bookings-why-buffer_of_booking = Too close to the session { $span }.
bookings-why-buffer_of_busy = Too close to what keeps you busy { $span }.
bookings-why-clock_gap = The clocks change on that day and skip a part of your hours.
bookings-why-off_grid = Sessions do not begin at this minute.
bookings-holidays-title = Take days off together
bookings-holidays-lead = Choose a set, look at what goes, close the days in one step. Booked sessions stay.
bookings-holidays-set = Days
bookings-holidays-year = Year
bookings-holidays-dates = Days to close
bookings-holidays-lost = { $count ->
    [0] No time that can be booked now would go.
    [one] One time that can be booked now would go.
   *[other] { $count } times that can be booked now would go.
}
bookings-holidays-times = { $count ->
    [0] nothing that can be booked now
    [one] 1 time that can be booked now
   *[other] { $count } times that can be booked now
}
bookings-holidays-all_closed = All these days are closed already.
bookings-holidays-past = All days of this set are past
bookings-holidays-is_set = has hours of its own
bookings-holidays-is_booked = a session is booked and stays
bookings-holidays-choose = Please tick at least one day.
bookings-holidays-close = Close these days
bookings-show-title = Booked
bookings-show-cancelled = This time was given back
bookings-show-cancelled_text = Nobody expects you at this time any more.
bookings-show-length = How long
bookings-show-with = With
bookings-show-ics = Add to my calendar
bookings-show-google = Google Calendar
bookings-show-outlook = Outlook
bookings-show-to_room = To the consultation
bookings-rescheduling-title = Move to another time
bookings-rescheduling-now = Now:
bookings-rescheduling-then = The present time stays yours until the new one is booked. Everyone gets a mail.
bookings-rescheduling-move = Move to this time
bookings-rescheduling-keep = Keep it as it is
bookings-rescheduling-not_now = This booking has begun or was given back, so it cannot be moved any more.
bookings-cancellation-title = Cancel this time
bookings-cancellation-text = The time is given back and everyone gets a mail. The consultation goes on; another time can be chosen.
bookings-cancellation-late = It begins in less than 3 hours, so this counts as late.
bookings-cancellation-reason = Reason
bookings-cancellation-reason_hint = Optional. The others see it here; it is not mailed.
bookings-cancellation-rather_move = Rather move it
bookings-cancellation-not_now = This booking has begun or was given back already.
bookings-event-summary = Kabeuchi: { $title }
bookings-event-with = With { $names }
bookings-mail-open = See, move or cancel
bookings-mail-when = When
bookings-mail-when_host = On the host’s clock
bookings-mail-where = Where
bookings-mail-booked-subject = Booked: { $title }, { $day }
bookings-mail-booked-text = A time is booked for “{ $title }”. Until then, the questions stay open to write.
bookings-mail-moved-subject = Moved: { $title }, { $day }
bookings-mail-moved-text = The time of “{ $title }” has changed. This is the new one.
bookings-mail-cancelled-subject = Cancelled: { $title }, { $day }
bookings-mail-cancelled-text = The time of “{ $title }” was given back.
bookings-mail-day_before-subject = Tomorrow: { $title }, { $day }
bookings-mail-day_before-text = A day until you talk about “{ $title }”. A last look at the questions helps.
bookings-mail-hour_before-subject = In an hour: { $title }, { $day }
bookings-mail-hour_before-text = An hour until you talk about “{ $title }”.
bookings-mail-open_questions = { $count ->
    [one] One question still waits for an answer.
   *[other] { $count } questions still wait for an answer.
}
