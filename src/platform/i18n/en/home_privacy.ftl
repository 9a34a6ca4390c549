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
