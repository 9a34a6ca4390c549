-- Where a sign-in leads may carry the token of an invitation or a preview.
alter table sign_in_requests add column next_sealed bytea;
