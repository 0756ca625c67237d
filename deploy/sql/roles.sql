-- One login per service, which owns its schema and sees no other. Run by a superuser in the database
-- of the suite, as often as you like:
--
--   psql -d sas -v ON_ERROR_STOP=1 -v regulation_password=… -v slots_password=… \
--        -v booking_password=… -f roles.sql
--
-- A service migrates its own schema when it starts, so it must own it. Nobody else may even look in:
-- what other services need, they get over gRPC or from the event feed.
\set ON_ERROR_STOP on

REVOKE ALL ON DATABASE :"DBNAME" FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;

SELECT format('CREATE ROLE sas_%s LOGIN', service)
FROM unnest(ARRAY['regulation', 'slots', 'booking']) AS service
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sas_' || service)
\gexec

ALTER ROLE sas_regulation NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'regulation_password';
ALTER ROLE sas_slots NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'slots_password';
ALTER ROLE sas_booking NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS
  PASSWORD :'booking_password';

GRANT CONNECT ON DATABASE :"DBNAME" TO sas_regulation, sas_slots, sas_booking;

CREATE SCHEMA IF NOT EXISTS regulation AUTHORIZATION sas_regulation;
CREATE SCHEMA IF NOT EXISTS slots AUTHORIZATION sas_slots;
CREATE SCHEMA IF NOT EXISTS booking AUTHORIZATION sas_booking;

-- An acknowledged act is on disk, whatever the server's default says; a forgotten transaction does not
-- hold back the feed, which stops before the oldest open one.
ALTER ROLE sas_regulation SET synchronous_commit = on;
ALTER ROLE sas_slots SET synchronous_commit = on;
ALTER ROLE sas_booking SET synchronous_commit = on;
ALTER ROLE sas_regulation SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE sas_slots SET idle_in_transaction_session_timeout = '30s';
ALTER ROLE sas_booking SET idle_in_transaction_session_timeout = '30s';

-- Backup and the offline check of the audit chain: reads every schema, changes nothing, logs in only
-- where an administrator says so.
SELECT 'CREATE ROLE sas_auditor NOLOGIN'
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'sas_auditor')
\gexec
GRANT CONNECT ON DATABASE :"DBNAME" TO sas_auditor;
GRANT USAGE ON SCHEMA regulation, slots, booking TO sas_auditor;
GRANT SELECT ON ALL TABLES IN SCHEMA regulation, slots, booking TO sas_auditor;
ALTER DEFAULT PRIVILEGES FOR ROLE sas_regulation IN SCHEMA regulation
  GRANT SELECT ON TABLES TO sas_auditor;
ALTER DEFAULT PRIVILEGES FOR ROLE sas_slots IN SCHEMA slots GRANT SELECT ON TABLES TO sas_auditor;
ALTER DEFAULT PRIVILEGES FOR ROLE sas_booking IN SCHEMA booking GRANT SELECT ON TABLES TO sas_auditor;
