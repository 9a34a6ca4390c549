admin-people-title = People
admin-people-search = Name or address
admin-people-find = Find
admin-people-none = Nobody is found
admin-people-host = host
admin-people-administrator = administrator
admin-people-since = here since
admin-people-grant = Let them host
admin-people-withdraw = Take hosting back
admin-people-suspended = takes no mail
admin-people-restore = Send mails again
admin-people-pages = More people
admin-people-next = Next
admin-answers-title = For administrators
admin-answers-lead = What participants wrote about the conduct of a talk, and did not want its host to read.
admin-answers-none = Nobody has written to the administrators
admin-answers-by = By
admin-answers-host = Host:
admin-jobs-title = Failed work
admin-jobs-due = { $count ->
    [0] No background work waits.
    [one] One piece of background work is due.
   *[other] { $count } pieces of background work are due.
}
admin-jobs-oldest = The oldest is due since
admin-jobs-none = Nothing failed
admin-jobs-none_text = Work that was given up stands here with its reason, and can be tried again.
admin-jobs-tries = { $count ->
    [one] tried once
   *[other] tried { $count } times
}
admin-jobs-given_up = given up
admin-jobs-again = Try again
admin-abuse-title = Reports of abuse
admin-abuse-lead = What hosts reported of applications, as it stood then. The person does not learn who reported.
admin-abuse-none = Nothing was reported
admin-abuse-open = To be decided
admin-abuse-dismissed = Given back to the host
admin-abuse-actioned = Turned away
admin-abuse-triaged = Being looked at
admin-abuse-appealed = Appealed
admin-abuse-final = Last word
admin-abuse-take_up = I look at it
admin-abuse-appeal = The appeal
admin-abuse-reason = Why this is the last word
admin-abuse-reason_hint = Whoever appealed reads it.
admin-abuse-conclude_turn_away = It goes against the rules
admin-abuse-conclude_give_back = Nothing is wrong with it
admin-abuse-by = Reported by
admin-abuse-no_words = No words were added.
admin-abuse-evidence = What the application said
admin-abuse-note = Why
admin-abuse-note_hint = Optional; only administrators read it.
admin-abuse-turn_away = Turn it away
admin-abuse-give_back = Give it back to the host
admin-abuse-not_now = Another decision was made over this report in the meantime. What you typed is still here.
