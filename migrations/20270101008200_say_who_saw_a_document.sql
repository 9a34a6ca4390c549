-- Who of those who take part was here, and when last: by the side that they are on.
create view document_readers as
    select v.consultation_id, 'host' as side, q.name, v.seen_at
      from visits v
      join people q using (person_id)
      join consultations s using (consultation_id)
     where exists (select from call_hosts h where h.call_id = s.call_id and h.person_id = v.person_id)
     union all
    select v.consultation_id, 'guest', q.name, v.seen_at
      from visits v
      join people q using (person_id)
     where exists (select from participants p where p.consultation_id = v.consultation_id and p.person_id = v.person_id);
