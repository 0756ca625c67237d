"""Booked, cancelled, closed: who is told, by real SMTP and HTTP servers, also when booking is killed."""

import shutil
import unittest

from e2e import BIN, NURSE, SITE, SuiteCase, await_until
from operators import Operators

PRACTICE = "terrain@cabinet.essai.mssante.fr"
DOCTOR = "dr.essai@medecin.essai.mssante.fr"
# The undo, the hour of a lease that a killed holder leaves, and a slow machine.
SENT_SECONDS_MAX = 30
RESENT_SECONDS_MAX = 75


class Messages(SuiteCase):

    demo = False

    @classmethod
    def setUpClass(cls):
        folder = BIN.parent / "e2e" / f"{cls.__name__}-operators"
        shutil.rmtree(folder, ignore_errors=True)
        cls.operators = cls.enterClassContext(Operators(folder))
        cls.settings = {"booking": {**cls.operators.settings(),
                                    "SAS_BOOKING_PRACTICE_MAILBOXES": f"{SITE}={PRACTICE}"}}
        super().setUpClass()

    def setUp(self):
        self.operators.go_on(answer=202, receipt="queued", smtp="250 OK")

    def booked(self, number, *options):
        """An appointment of a patient with that number; its name and id."""
        case = self.suite.ctl("call", "open", "--entry", "idel", "--caller", "SANTE.INF", "--motif",
                              "M03.05", "--age", "38y", "--commune", "85047", "--phone", number,
                              "--family-name", "Canari", "--given-names", "Camille", *options,
                              **NURSE, subject="idel-1")
        slot = self.slot()
        return self.book(slot, case["name"], self.hold(slot))["name"]

    def messages(self, appointment):
        return self.suite.ctl("message", "list", appointment).get("messages", [])

    def message(self, appointment, kind, occasion="BOOKED"):
        found = [each for each in self.messages(appointment)
                 if each["kind"] == f"KIND_{kind}" and each["occasion"] == f"OCCASION_{occasion}"]
        self.assertEqual(len(found), 1, self.messages(appointment))
        return found[0]

    def await_state(self, appointment, kind, state, occasion="BOOKED", seconds=SENT_SECONDS_MAX):
        await_until(lambda: self.message(appointment, kind, occasion)["state"] == f"STATE_{state}",
                    lambda: f"{kind} {state}: {self.messages(appointment)}", seconds)
        return self.message(appointment, kind, occasion)

    def test_S2_45_a_booked_patient_has_a_neutral_sms_and_its_receipt(self):
        self.operators.go_on(receipt="delivered")
        number = "+33639980051"
        appointment = self.booked(number)
        self.await_state(appointment, "PATIENT_SMS", "SENT")
        (text,) = self.operators.texts_to(number)
        self.assertIn("Terrain d'essai", text)
        self.assertIn("Si aggravation, appelez le 15.", text)
        for word in ("Canari", "Camille", "M03", "plaie", "motif"):
            self.assertNotIn(word.lower(), text.lower())
        self.await_state(appointment, "PATIENT_SMS", "RECEIVED")
        shown = self.suite.ctl("appointment", "show", appointment)
        self.assertEqual(shown["messaging"], "MESSAGING_CONFIGURED")
        self.assertIn("STATE_RECEIVED", [each["state"] for each in shown["messages"]])

    def test_H33_a_killed_booking_sends_again_under_the_same_id(self):
        """It had sent, and died before it could note the answer."""
        self.operators.go_on(answer=0)
        number = "+33639980052"
        appointment = self.booked(number)
        await_until(lambda: self.operators.texts_to(number), "the first attempt", SENT_SECONDS_MAX)
        self.suite.kill("booking")
        self.operators.go_on(answer=202)
        self.suite.restart("booking")
        self.await_state(appointment, "PATIENT_SMS", "SENT", seconds=RESENT_SECONDS_MAX)
        attempts = [each for each in self.operators.attempts("sms") if each["to"] == number]
        self.assertGreaterEqual(len(attempts), 2)
        self.assertEqual(len({each["key"] for each in attempts}), 1)
        self.assertEqual(len({each["text"] for each in attempts}), 1)

    def test_H35_protected_contact_is_silent(self):
        number = "+33639980053"
        appointment = self.booked(number, "--protected", "--email", "camille@fai.example")
        stopped = self.await_state(appointment, "PATIENT_SMS", "FAILED")
        self.assertEqual(stopped["reason_code"], "CONTACT_PROTECTED")
        self.assertEqual(stopped["task"], "TASK_CALL_PATIENT")
        # The practice is told, the patient by no way: all of this appointment's messages are settled.
        self.await_state(appointment, "PRACTICE", "SENT")
        self.await_state(appointment, "PATIENT_EMAIL", "VOID")
        self.assertEqual(self.operators.texts_to(number), [])
        self.assertEqual(self.operators.letters_to("camille@fai.example"), [])
        done = self.suite.ctl("message", "done", stopped["name"])
        self.assertNotIn("task_open", {key for key, value in done.items() if value is True})

    def test_H34_practice_is_told_by_secure_mail_and_answers(self):
        appointment = self.booked("+33639980054")
        sent = self.await_state(appointment, "PRACTICE", "SENT")
        ident = appointment.rsplit("/", 1)[-1]
        (letter,) = [each for each in self.operators.letters_to(PRACTICE)
                     if ident in each["Message-ID"]]
        self.assertEqual(letter["From"], "sas@sas85.essai.mssante.fr")
        self.assertEqual(letter["Disposition-Notification-To"], "<sas@sas85.essai.mssante.fr>")
        self.assertIn("Nouveau rendez-vous SAS", letter.get_content())
        self.assertNotIn("Canari", letter.as_string() + letter.get_content())
        read = self.suite.ctl("message", "receipt", sent["name"], "read", role="effecteur",
                              organization="terrain")
        self.assertEqual(read["state"], "STATE_READ")

    def test_S2_50_the_letter_goes_by_secure_mail_and_comes_again_under_its_id(self):
        appointment = self.booked("+33639980055", "--treating-doctor", "99700000013",
                                  "--treating-doctor-mss", DOCTOR)
        self.suite.ctl("appointment", "resolve", appointment, "fulfilled", "--final-motif", "M03.05",
                       "--follow-up", "treating_doctor")
        letter = self.message(appointment, "TREATING_DOCTOR", "OUTCOME")
        self.assertEqual(letter["state"], "STATE_PROPOSED")
        self.operators.go_on(smtp="451 later")
        self.suite.ctl("message", "approve", letter["name"])
        await_until(lambda: self.operators.letters_to(DOCTOR), "the first attempt", SENT_SECONDS_MAX)
        self.operators.go_on(smtp="250 OK")
        self.await_state(appointment, "TREATING_DOCTOR", "SENT", "OUTCOME", RESENT_SECONDS_MAX)
        letters = self.operators.letters_to(DOCTOR)
        self.assertGreaterEqual(len(letters), 2)
        self.assertEqual(len({each["Message-ID"] for each in letters}), 1)
        self.assertIn("Camille Canari", letters[-1].get_content())
        read = self.suite.ctl("message", "receipt", letter["name"], "read", role="service")
        self.assertEqual(read["state"], "STATE_READ")

    def test_S2_51_a_doctor_without_a_mailbox_is_on_the_fallback_list(self):
        appointment = self.booked("+33639980056", "--treating-doctor", "99700000013")
        self.suite.ctl("appointment", "resolve", appointment, "fulfilled", "--final-motif", "M03.05",
                       "--follow-up", "none")
        letter = self.message(appointment, "TREATING_DOCTOR", "OUTCOME")
        self.suite.ctl("message", "approve", letter["name"])
        failed = self.await_state(appointment, "TREATING_DOCTOR", "FAILED", "OUTCOME")
        self.assertEqual((failed["reason_code"], failed["task"]),
                         ("NO_SECURE_ADDRESS", "TASK_FORWARD_LETTER"))
        tasks = self.suite.ctl("message", "list", "--tasks").get("messages", [])
        self.assertIn(letter["name"], [each["name"] for each in tasks])

    def test_S3_13_by_mail_with_the_way_in_and_not_against_his_will(self):
        self.booked("+33199000058", "--email", "mail@fai.example")
        await_until(lambda: self.operators.letters_to("mail@fai.example"), "the mail",
                    SENT_SECONDS_MAX)
        (letter,) = self.operators.letters_to("mail@fai.example")
        self.assertEqual(letter["Subject"], "Votre rendez-vous")
        self.assertIn("Si aggravation, appelez le 15.", letter.get_content())
        silent = self.booked("+33639980059", "--no-messages", "--email", "silent@fai.example")
        self.assertEqual(self.await_state(silent, "PATIENT_SMS", "VOID")["reason_code"], "OPTED_OUT")
        self.await_state(silent, "PATIENT_EMAIL", "VOID")
        self.assertEqual(self.operators.letters_to("silent@fai.example"), [])

    def test_nothing_about_anybody_is_kept_or_logged(self):
        number = "+33639980057"
        appointment = self.booked(number, "--email", "canari@fai.example")
        self.await_state(appointment, "PATIENT_EMAIL", "SENT")
        log = (self.suite.folder / "booking.log").read_text(errors="replace")
        kept = [str(row) for service, _, rows in self.tables() if service == "booking"
                for row in rows]
        for canary in (number, "canari@fai.example", "Canari", DOCTOR, "aggravation"):
            self.assertNotIn(canary, log)
            self.assertFalse([row for row in kept if canary in row], canary)
        # A setting, which the log shows at the start; no row has it.
        self.assertFalse([row for row in kept if PRACTICE in row])


if __name__ == "__main__":
    unittest.main()
