home-host-host = Host
home-host-edit = Edit your profile
home-host-calls = Calls
home-host-empty = No call is open at the moment
home-host-write = Write a call
home-host-others = Look at all open calls
home-call-improved = What feedback changed
home-call-because = because:
home-call-draft = Only you see this page: it shows what others will see once you open the call.
home-call-to_opening = Go on to opening it
home-call-paused = This call rests for the moment and takes no applications. It may open again.
home-call-closed = This call is closed and takes no applications any more.
home-call-full = All places are taken for now. You can apply all the same: you wait in order, and hear by mail when a place is free.
home-call-vague = One rough sentence is enough.
home-call-topics = What we can talk about
home-call-scope = What it aims at
home-call-next = What happens next
home-call-next_answer = { $days ->
    [one] You get an answer within 1 day.
   *[other] You get an answer within { $days } days.
}
home-call-next_answer_hint = Also when it is a no.
home-call-next_write = First you write to each other in a shared document.
home-call-next_write_hint = This time does not count, and sometimes it is all that is needed.
home-call-next_talk = You choose a time and talk, { $longest } minutes at most.
home-call-next_reflect = Afterwards you look back with six open questions.
home-call-next_reflect_hint = Nothing is published without your consent.
home-call-short = In short
home-call-opening = Next opening
home-call-length = Length
home-call-minutes = free up to { $free } minutes, { $longest } at most
home-call-answer = Answer
home-call-promise = { $days ->
    [one] within 1 day
   *[other] within { $days } days
}
home-call-language = Language
home-call-writing_is_free = Time spent in writing does not count.
home-calls-empty = Here you invite people to think with you
home-calls-empty_text = A call says what you like to talk about and why. Anyone may apply; you decide whom you take, and how many at once.
home-calls-draft = not open yet
home-calls-open = open
home-calls-paused = paused
home-calls-closed = closed
home-calls-archived = archived
home-calls-capacity = { $capacity ->
    [one] 1 consultation at once
   *[other] { $capacity } consultations at once
}
home-calls-waiting = { $count ->
    [one] 1 application waits
   *[other] { $count } applications wait
}
home-calls-nobody_waits = nobody waits
home-host-promise = Answered { $kept } of { $all } applications within the promised time.
