"""What users do: one folder for each scenario, found through the entry points `bakeoff.scenarios`.

A folder holds `scenario.py` (what it needs, prepares, verifies and audits; no Locust) and
`locustfile.py` (an ordinary locustfile). What they share: `words` (texts from a seed), `loading`
(the same data into any stack, through its API), `spot` (reads it back), `checks` (what is wrong
with an answer), `audit` (the books against what clients were told), `passages` (long texts from a
seed), `zipf` (which item is asked for next).

A locustfile that is there already, with Locust's own HttpUser or FastHttpUser, can stand beside a
`scenario.py` as it is: its requests pass the same gates and are noted by the same clock, and with
`constant_pacing` they are timed from when they were due (`harness.drive.foreign`).
"""
