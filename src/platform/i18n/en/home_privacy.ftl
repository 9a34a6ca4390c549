home-privacy-title = Quotes and approvals
home-privacy-lead = What you allowed, you can take back at any time, also after you left. A report that needs it disappears at once.
home-privacy-not_now = There is nothing to take back there any more. Nothing was changed.
home-privacy-quotes = Words of yours that may be quoted
home-privacy-quotes_empty = You have not allowed any quote.
home-privacy-granted = allowed on
home-privacy-revoked = taken back
home-privacy-stale = not valid any more, as you changed the answer
home-privacy-revoke = Take it back
home-privacy-approvals = Reports that you said ok to
home-privacy-approvals_empty = You have not said ok to any report.
home-privacy-to_report = Read the report
home-privacy-answers = What you answered
home-privacy-answers_empty = You have not looked back at any conversation yet.
home-privacy-answers_text = Your own answers to the questions afterwards, also of consultations that you left. They are changed on the page of the consultation, while that is possible.
home-privacy-kept = What others took away of what you shared
home-privacy-kept_text = Nobody but you can still save it, also after you left.
home-privacy-kept_until = kept until
home-privacy-attendance = Missed times
home-privacy-attendance_text = In the last 12 months: { $held ->
    [one] 1 session held
   *[other] { $held } sessions held
}, { $missed ->
    [0] none missed
    [one] 1 missed
   *[other] { $missed } missed
}, { $late ->
    [0] none given back late
    [one] 1 given back late
   *[other] { $late } given back late
}.
home-privacy-contestable = (you can still say that it was otherwise)
home-privacy-attendance_hint = Only you see this. What you contested does not count, and after a year it is forgotten.

home-deletion-title = Delete my account
home-deletion-lead = Everything that says something of you goes, for good. Consents end at once, the rest within minutes; then one last mail tells you so.
home-deletion-goes = What goes
home-deletion-goes_words = What you wrote: applications, questions and answers with all former versions, notes, files, answers after talks, your library. Where others answered you, a note that something was removed stays, so that their words can be read.
home-deletion-goes_public = Quotes and approvals: reports that need them are out of sight at once.
home-deletion-goes_times = Booked talks: they are cancelled, and everyone gets the usual mail. Where others take part with you, the next of them leads and the talk stays.
home-deletion-goes_ways = Name, address, sign-ins, calendars, hours and drafts.
home-deletion-stays = What stays
home-deletion-stays_others = What others wrote, also to you, and that a consultation took place, without your name.
home-deletion-stays_hash = A number made from your account that leads back to nobody: if an old backup has to be put back, it deletes you again.
home-deletion-stays_bars = If a host blocked you, or an administrator keeps you from applying or hosting, or closed your account: a number made from your address that leads back to nobody, until that ends, or for 24 months. A new account at the same address is kept from the same.
home-deletion-stays_backups = Backups, until the operator overwrites them: 35 days as a rule.
home-deletion-owns_calls = Close these calls first: people count on them. What is under way in them then ends with you.
home-deletion-last_administrator = Nobody else administers this instance. Make somebody else an administrator first.
home-deletion-sure = Delete everything of mine. I know that nobody can bring it back.
home-deletion-not_sure = Tick that you are sure.
home-deletion-delete = Delete my account
home-deletion-removed = (removed)
home-mail-deleted-subject = Your account is deleted
home-mail-deleted-text = Your account and everything that said something of you is deleted, as you asked.
home-mail-deleted-closing = This is the last mail to you. You can come back at any time as somebody new.
home-deletion-back = Back
