readiness-title = Readiness
readiness-lead = What the program measures of itself, the worst first.
readiness-state-good = good
readiness-state-doubtful = to be looked at
readiness-state-bad = bad
readiness-others = Ask the mail server and the others too
readiness-others_hint = Asks the mail server, the folder of files and the scanner. No mail is sent.
readiness-again = Measure again
readiness-database-good = The database answers within { $count } ms.
readiness-database-slow = The database takes { $count } ms to answer: every page waits for it several times.
readiness-enciphered-good = The way to the database is enciphered, or stays on this machine.
readiness-enciphered-bad = Texts go to the database in clear: set sslmode=verify-full in DATABASE_URL.
readiness-rights-good = The program can change neither the tables of its database nor the audit log.
readiness-rights-bad = The program runs as a role that may change tables, or the audit log: give it one of its own, and KABEUCHI_MIGRATE_URL to the migrations.
readiness-clock-good = The clocks of this machine and of the database are { $count } ms apart.
readiness-clock-bad = The clocks of this machine and of the database are { $count } ms apart: let both follow a time server.
readiness-keys-good = All keys that sealed anything here are at hand.
readiness-keys-none = There is no key: no calendar can be connected and no second factor set up.
readiness-keys-bad = { $count ->
    [one] One key that sealed something here is missing from KABEUCHI_KEYS.
   *[other] { $count } keys that sealed something here are missing from KABEUCHI_KEYS.
} Calendars sealed with it ask to be connected anew.
readiness-jobs-good = No work waits for longer than ten minutes.
readiness-jobs-bad = The oldest work has been due for { $count } minutes: is a process with “work” running?
readiness-factors-good = Every administrator has a second factor.
readiness-factors-bad = { $count ->
    [one] One administrator has no second factor: whoever reads their mail could act for them.
   *[other] { $count } administrators have no second factor: whoever reads their mail could act for them.
}
readiness-judges-good = Whatever waits for a decision has an administrator who may make it.
readiness-judges-bad = { $count ->
    [one] One report or appeal waits for a decision that no administrator may make: make another person an administrator.
   *[other] { $count } reports or appeals wait for a decision that no administrator may make: make another person an administrator.
}
readiness-files-good = The folder of files can be written to.
readiness-files-bad = The folder of files cannot be written to: see KABEUCHI_DATA_DIR.
readiness-mail-good = The mail server lets us in, within { $count } ms.
readiness-mail-none = Mails stay on this machine.
readiness-mail-bad = The mail server does not let us in: see KABEUCHI_SMTP_URL.
readiness-scanner-good = The scanner of files answers.
readiness-scanner-bad = The scanner of files does not answer: shared files wait.
readiness-contact-good = People can reach whoever operates this instance.
readiness-contact-none = KABEUCHI_CONTACT is not set: people who want something of the operator find no address.
