problem-unreadable-title = This request could not be read
problem-unreadable-text = It contained something that is not text. Nothing was changed.
problem-sign_in-title = Please sign in first
problem-sign_in-text = You are not signed in any more, so nothing was saved. What you typed is below: copy it, sign in, and send it again.
problem-forbidden-title = This is not for you to do
problem-forbidden-text = You may see this, but not do that, or the request came from another site. Nothing was changed.
problem-not_found-title = There is nothing here
problem-not_found-text = This page does not exist, or you do not have access.
problem-method-title = This cannot be done here
problem-method-text = This address does not take that kind of request. Nothing was changed.
problem-conflict-title = This is no longer possible
problem-conflict-text = Something changed in the meantime, or the form is being worked on right now. Please go back, reload and look again.
problem-gone-title = This link can no longer be used
problem-gone-text = It was used already, a newer one replaced it, or its time is over. You can ask for a new one.
problem-too_slow-title = This took too long
problem-too_slow-text = What you sent did not arrive in time. Nothing was changed; please go back and try again.
problem-purged-title = This is kept no longer
problem-purged-text = It was deleted on { $day }: documents and material are kept for { $days } days after the end of a consultation.
problem-too_large-title = This is too large
problem-too_large-text = What was sent is larger than this page takes. Nothing was changed.
problem-misdirected-title = Wrong address
problem-misdirected-text = This instance is not known under that name.
problem-unprocessable-title = This form could not be taken
problem-unprocessable-text = It holds something that this page does not know, or was sent before with other content. Nothing was changed; please reload the page.
problem-too_many-title = Too many requests
problem-too_many-text = { $unit ->
    [hours] Please try again in { $count ->
        [one] an hour
       *[other] { $count } hours
    }.
    [minutes] Please try again in { $count ->
        [one] a minute
       *[other] { $count } minutes
    }.
   *[seconds] Please try again in { $count ->
        [one] a second
       *[other] { $count } seconds
    }.
} Nothing was changed.
problem-unavailable-title = Briefly unavailable
problem-unavailable-text = The service is briefly unavailable. Nothing was changed; please try again in a moment.
problem-unexpected-title = Something went wrong on our side
problem-unexpected-text = What you sent may not have been saved. Please go back and try again; if it stays, tell the administrator the number below.
problem-typed = What you typed
problem-way-sign_in = Sign in
problem-way-home = Your turn
problem-way-front = Front page
problem-id = Number of this request:
problem-reauth-title = Please confirm it is you
problem-reauth-text = This act asks again who you are, so nothing was changed. What you typed is below: copy it, confirm, and send it again.
problem-way-confirm = Confirm it is you
