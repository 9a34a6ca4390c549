-- How often something may happen, where an administrator set another count than the program's own.
create table budgets (
    name text primary key,
    count integer not null,
    constraint budgets_allow_something check (count > 0)
);
