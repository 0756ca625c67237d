"""Roles of the ledger on a real PostgreSQL: each service owns its schema and sees no other."""

import os
import pathlib
import pwd
import shutil
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
SQL = ROOT / "deploy" / "sql"
BIN = pathlib.Path("/usr/lib/postgresql/15/bin")
SERVICES = ("regulation", "slots", "booking")


def password(service):
    return f"secret-of-{service}"


@unittest.skipUnless((BIN / "initdb").exists(), "PostgreSQL 15 is not installed")
class Roles(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.folder = pathlib.Path(tempfile.mkdtemp(prefix="sas-roles-", dir="/tmp"))
        # PostgreSQL refuses to run as root.
        cls.owner = "postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name
        shutil.chown(cls.folder, cls.owner)
        cls.run_program("initdb", "-D", cls.folder / "data", "-A", "scram-sha-256", "-U", "postgres",
                        "--pwfile", cls.write("admin", "admin"), "--no-sync")
        cls.run_program("pg_ctl", "-D", cls.folder / "data", "-w", "-l", cls.folder / "log", "-o",
                        f"-c listen_addresses= -c unix_socket_directories={cls.folder} -c fsync=off",
                        "start")
        cls.psql("postgres", "CREATE DATABASE sas", database="postgres")
        # As PostgreSQL's image does it on an empty data folder; twice, because it may be repeated.
        for service in SERVICES:
            cls.write(f"{service}_pgpass", f"*:5432:sas:sas_{service}:{password(service)}")
        environment = {"PATH": f"{BIN}:/usr/bin:/bin", "PGHOST": str(cls.folder),
                       "PGPASSWORD": "admin", "POSTGRES_USER": "postgres", "POSTGRES_DB": "sas",
                       "PGPASS_FOLDER": str(cls.folder), "ROLES_SQL": str(SQL / "roles.sql")}
        for _ in range(2):
            subprocess.run([SQL / "init.sh"], env=environment, check=True, timeout=60,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @classmethod
    def tearDownClass(cls):
        cls.run_program("pg_ctl", "-D", cls.folder / "data", "-m", "immediate", "stop")
        shutil.rmtree(cls.folder)

    @classmethod
    def write(cls, name, text):
        path = cls.folder / name
        path.write_text(text + "\n")
        shutil.chown(path, cls.owner)
        return path

    @classmethod
    def run_program(cls, name, *arguments):
        user = {"user": cls.owner} if os.geteuid() == 0 else {}
        subprocess.run([BIN / name, *map(str, arguments)], check=True, timeout=60,
                       stdout=subprocess.DEVNULL, cwd="/tmp", **user)

    @classmethod
    def psql(cls, role, statement, database="sas", secret="admin"):
        run = subprocess.run([BIN / "psql", "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1",
                              "-h", cls.folder, "-U", role, "-d", database, "-c", statement],
                             env={"PGPASSWORD": secret}, capture_output=True, text=True, timeout=60,
                             check=False)
        return (run.stdout + run.stderr).strip()

    def ask(self, service, statement):
        return self.psql(f"sas_{service}", statement, secret=password(service))

    def test_a_service_migrates_and_writes_its_own_schema(self):
        for service in SERVICES:
            self.assertEqual(self.ask(service, f"SET search_path = {service}; CREATE TABLE own (a int);"
                                               "INSERT INTO own VALUES (7); SELECT a FROM own"), "7")
            for other in SERVICES:
                if other != service:
                    self.assertIn("permission denied for schema",
                                  self.ask(service, f"SELECT * FROM {other}.own"))
                    self.assertIn("permission denied for schema",
                                  self.ask(service, f"CREATE TABLE {other}.mine (a int)"))

    def test_a_service_may_not_leave_its_schema(self):
        self.assertIn("permission denied", self.ask("slots", "CREATE TABLE public.mine (a int)"))
        self.assertIn("permission denied", self.ask("slots", "CREATE SCHEMA mine"))
        self.assertIn("permission denied", self.ask("slots", "CREATE ROLE mine"))
        self.assertIn("must be superuser", self.ask("slots", "COPY (SELECT 1) TO PROGRAM 'cat'"))

    def test_another_password_or_role_is_refused(self):
        self.assertIn("password authentication failed",
                      self.psql("sas_slots", "SELECT 1", secret=password("booking")))
        self.assertEqual(self.psql("postgres", "SELECT string_agg(rolname, ' ' ORDER BY rolname) "
                                   "FROM pg_roles WHERE rolcanlogin AND rolname LIKE 'sas%'"),
                         "sas_booking sas_regulation sas_slots")

    def test_an_act_is_durable_whatever_the_server_says(self):
        self.assertEqual(self.ask("booking", "SHOW synchronous_commit"), "on")
        self.assertEqual(self.ask("booking", "SHOW idle_in_transaction_session_timeout"), "30s")

    def test_the_auditor_reads_everything_and_changes_nothing(self):
        self.ask("booking", "CREATE TABLE booking.read_me (a int); INSERT INTO booking.read_me VALUES (3)")
        self.assertEqual(self.psql("postgres", "SET ROLE sas_auditor; SELECT a FROM booking.read_me"),
                         "3")
        self.assertIn("permission denied",
                      self.psql("postgres", "SET ROLE sas_auditor; DELETE FROM booking.read_me"))


if __name__ == "__main__":
    unittest.main()
