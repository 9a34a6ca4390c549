-- Who reads a version before it is public: all guests, and whoever left and is quoted in it.
create view report_readers as
    select r.report_id, p.person_id
      from reports r
      join participants p using (consultation_id)
     union
    select u.report_id, f.person_id
      from report_quotes u
      join quotes q using (quote_id)
      join feedback f using (feedback_id)
     where q.stage = 'granted' and q.excerpt = u.excerpt;
