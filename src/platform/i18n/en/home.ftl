home-front-title = Think it through with someone who listens
home-front-lead = Hosts publish open calls. You apply with one rough sentence, write first, then talk, and leave with one real next action.
home-me-title = Your turn
home-me-empty = Nothing waits for you. Look at the open calls to apply for a consultation.
