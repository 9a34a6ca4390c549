-- A number that was withdrawn stays a gap when its report and the consultation are forgotten.
create table report_gaps (
    series_id uuid not null references report_series,
    number integer not null,
    primary key (series_id, number)
);
