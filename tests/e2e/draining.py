"""SIGTERM with a call in flight and an open watch: answered, ended with a reason, exit code 0."""

import contextlib
import signal
import threading

from e2e import await_until


class Draining:
    """For a SuiteCase."""

    def drain(self, service, act, hold_up):
        """SIGTERM while `act` is in flight, held up by the context manager, and a watch is open.

        The call gets its answer, the watch ends, and the process leaves with 0.
        """
        answers, watched = [], []
        watch = threading.Thread(target=lambda: watched.extend(self.partner.run(
            "watch", "--service", service, "--after", "0", "--count", "100000", role="supervisor")))
        in_flight = f"sas_{service}_rpc_in_flight"
        idle = self.suite.metric(service, in_flight)
        watch.start()
        await_until(lambda: self.suite.metric(service, in_flight) == idle + 1, "the watch is open")
        with hold_up:
            call = threading.Thread(target=lambda: answers.append(act()))
            call.start()
            await_until(lambda: self.suite.metric(service, in_flight) == idle + 2,
                        "the call is in flight")
            self.suite.signal(service, signal.SIGTERM)
            await_until(lambda: "draining" in self.suite.tail(service), "it drains")
        code = self.suite.processes.pop(service).wait(30)
        call.join()
        watch.join()
        self.suite.restart(service)
        self.assertEqual(code, 0, self.suite.tail(service))
        self.assertEqual(len(answers), 1)
        self.assertEqual(watched[-1]["code"], "UNAVAILABLE", watched[-1])
        self.assertEqual(watched[-1]["reason"], "DRAINING", watched[-1])
        return answers[0]

    @contextlib.contextmanager
    def frozen(self, name):
        self.suite.signal(name, signal.SIGSTOP)
        try:
            yield
        finally:
            self.suite.signal(name, signal.SIGCONT)
