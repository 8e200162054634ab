"""Clients of the ledger benchmark, in a process of their own; reads its job from standard input, prints entries/s."""

from __future__ import annotations

import http.client
import json
import random
import sys
import threading
import time
from typing import Any
from uuid import uuid4


def client(job: dict[str, Any], until: float, counts: list[int]) -> None:
    """One keep-alive connection that books until the time is over."""
    connection = http.client.HTTPConnection("127.0.0.1", job["port"], timeout=30)
    done = 0
    while time.perf_counter() < until:
        body = json.dumps({"person_id": random.choice(job["people"]), "amount": 1000})
        headers = {
            "Authorization": f"Bearer {job['token']}",
            "Content-Type": "application/json",
            "Idempotency-Key": str(uuid4()),
        }
        connection.request("POST", "/api/v1/payments/cash", body, headers)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 201:
            raise RuntimeError(f"{answer.status}: {text[:200]!r}")
        done += 1
    counts.append(done)
    connection.close()


def main() -> None:
    job = json.load(sys.stdin)
    counts: list[int] = []
    for seconds in (2, job["seconds"]):  # a warm-up, then the measurement
        counts.clear()
        until = time.perf_counter() + seconds
        threads = [threading.Thread(target=client, args=(job, until, counts)) for _ in range(job["clients"])]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if len(counts) != job["clients"]:
            raise SystemExit("a client failed")
    print(sum(counts) / job["seconds"])


if __name__ == "__main__":
    main()
