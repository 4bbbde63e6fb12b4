"""Everything that bakeoff raises for a foreseeable fault, and the exit code of each.

    BakeoffError
    |-- UsageError             2   wrong flags, an unknown name, input that cannot be read
    |   |-- PlanError          2   a plan or bakeoff.toml that does not fit (file, line, key,
    allowed values)
    |   `-- SchemaError        2   a results database or record of another schema
    |-- EnvironmentFault       3   this machine cannot do it now
    |   |-- LaunchFailed       3   a component did not become ready, or could not be fetched
    |   `-- StoreFailed        3   the results database cannot be reached or written
    |-- NotComparable          4   results that must not be set side by side
    |-- ContractBroken         5   a stack answers otherwise than the contract says
    |   `-- AuditFailed        5   the store holds something else than clients were told
    `-- AdapterError           5   a stack or scenario that is not complete, found when it registers

Messages say what happened, where, and what to do. Foreign exceptions are translated where they are
met.
"""

from __future__ import annotations


class BakeoffError(Exception):
    """The root: caught once, in the command line, and shown without a traceback."""

    exit_code = 1


class UsageError(BakeoffError):
    """What the user asked for cannot be understood or does not exist."""

    exit_code = 2


class PlanError(UsageError):
    """A plan or configuration file does not fit; the message names file, line, key and what is
    allowed.
    """


class SchemaError(UsageError):
    """Stored results are of a schema that this version does not read."""


class EnvironmentFault(BakeoffError):
    """This machine lacks something, or something on it failed."""

    exit_code = 3


class LaunchFailed(EnvironmentFault):
    """A component could not be fetched, started or made ready; the message quotes the end of its
    log.
    """


class StoreFailed(EnvironmentFault):
    """The results database cannot be opened or written."""


class NotComparable(BakeoffError):
    """Two results differ in something that must be equal; the message lists it."""

    exit_code = 4


class ContractBroken(BakeoffError):
    """A stack answered otherwise than the contract says."""

    exit_code = 5


class AuditFailed(ContractBroken):
    """What the store holds is not what clients were told."""


class AdapterError(BakeoffError):
    """A stack, component or scenario misses a member or holds a wrong one; raised when it
    registers.
    """

    exit_code = 5
