-- The policies of the design: conduct and confidentiality stand beside privacy. The former word stays readable.
alter table policy_versions drop constraint policy_versions_name_is_known;
alter table policy_versions add constraint policy_versions_name_is_known
    check (name in ('privacy', 'terms', 'conduct', 'confidentiality'));
