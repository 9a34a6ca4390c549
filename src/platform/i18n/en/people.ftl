people-sign_in-title = Sign in
people-sign_in-text = We mail you a link. There is no password, and a first sign-in makes your account.
people-sign_in-email = Your mail address
people-sign_in-send = Send me a link
people-code-title = Look into your mail
people-code-sent = If that address can sign in, we have sent a link. It works for 10 minutes.
people-code-mailbox = On this machine the mail waits here:
people-code-code = Or type the code of the mail
people-code-hint = 8 letters; the hyphen does not matter.
people-code-use = Sign in with the code
people-code-again = Use another address, or send it again
people-code-malformed = The code has 8 letters and digits.
people-code-wrong = { $left ->
    [one] That is not the code of the newest mail. One try is left.
   *[other] That is not the code of the newest mail. { $left } tries are left.
}
people-link-title = Sign in
people-link-as = You are about to sign in as
people-link-other_browser = You asked for this link in another browser. You can sign in here, or type the code of the mail into the other one.
people-link-sign_in = Sign in
people-first_link-title = Welcome to your instance
people-first_link-text = Nobody is here yet. You become administrator and host.
people-first_link-hint = You will sign in with this address later.
people-first_link-begin = Begin
people-profile-title = Profile
people-profile-first = Nearly there: tell us what to call you, and which language and clock to use.
people-profile-name = Name
people-profile-name_hint = Shown to those you consult with. A nickname is fine.
people-profile-locale = Language of pages and mails
people-profile-zone = Time zone
people-profile-zone_hint = All times are shown in this zone.
people-profile-zone_guess = Your browser says { $zone }.
people-profile-zone_use = Use it
people-profile-host = As a host
people-profile-slug = Word in your public address
people-profile-slug_hint = Lower-case letters, digits and hyphens, for example hana-sre
people-profile-slug_taken = Another host has this word. Please choose another.
people-profile-about = About you
people-profile-site = Your own site
people-profile-save = Save
people-sign_ins-title = Signed-in devices
people-sign_ins-text = Browsers that are signed in as you. Sign out what you do not know or use any more.
people-sign_ins-unknown = Unknown browser
people-sign_ins-this = this one
people-sign_ins-seen = Last seen
people-sign_ins-revoke = Sign out there
people-sign_ins-revoke_others = Sign out everywhere else
people-mailbox-title = Mailbox
people-mailbox-text = Mails that this instance would send. It exists only while the program serves your machine alone.
people-mailbox-empty = No mail yet. Ask for a sign-in link, and it appears here.
people-mailbox-to = To
people-mailbox-html = HTML part
people-mailbox-plain = Plain part
people-mailbox-calendar = Calendar part
people-mailbox-source = Source with headers
people-mail-sign_in-subject = Your sign-in link
people-mail-sign_in-text = Someone, hopefully you, wants to sign in with this address. The link works once, for 10 minutes.
people-mail-sign_in-action = Sign in
people-mail-sign_in-code = Or type this code into the page where you asked: { $code }
people-mail-sign_in-ignore = If it was not you, ignore this mail: nothing happens.
people-sign_ins-since = Signed in since
people-mailbox-sent = Sent
people-notifications-title = Mails
people-notifications-text = Sign-ins, booked times and whatever ends something always come at once. For everything else you choose.
people-notifications-turn = Something waits for your answer
people-notifications-applications = News of applications
people-notifications-room = News of a consultation and its people
people-notifications-follow_ups = What comes after a session
people-notifications-feedback = Asking for feedback
people-notifications-reports = Quotes and reports
people-notifications-at_once = At once
people-notifications-daily = Once a day
people-notifications-never = Never
people-notifications-hour = The mail of the day comes at
people-notifications-hour_hint = In your time zone. On a day without news none comes.
people-notifications-save = Save
people-notifications-mail = Choose which mails you get
people-unsubscribing-title = Fewer mails
people-unsubscribing-text = No more mails about “{ $topic }”? Everything stays readable on the pages.
people-unsubscribing-end = No more of these
people-unsubscribing-done = You get no more mails about “{ $topic }”.
people-unsubscribing-all = Choose which mails you get
people-digest-subject = { $count ->
    [one] One piece of news
   *[other] { $count } pieces of news
}
people-digest-text = { $count ->
    [one] This came in since yesterday.
   *[other] These { $count } came in since yesterday.
}
people-digest-open = See whose turn it is
people-sign_ins-everywhere = Sign out everywhere, here too
people-mail-new_browser-subject = A new browser signed in as you
people-mail-new_browser-text = A browser that was never used for your account before signed in at { $at }. If it was you, there is nothing to do.
people-mail-new_browser-action = Show signed-in devices
people-mail-new_browser-closing = If it was not you, sign out everywhere there, and look after your mail account: whoever reads your mail can sign in as you.
