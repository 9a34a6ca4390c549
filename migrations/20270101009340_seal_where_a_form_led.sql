-- Where a form led may carry the key of a booking.
alter table once_keys add column location_sealed bytea;
