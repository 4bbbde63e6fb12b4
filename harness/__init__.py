"""The machine: brings stacks up, loads them, measures, judges, keeps. It knows no stack by name.

The stages, each a module: configure, plan, launch, verify, drive, measure, audit, summarise, store.
`harness/run.py` is the pipeline as one function; read it first.
"""
