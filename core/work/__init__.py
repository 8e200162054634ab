"""Background work: jobs, schedules and events, kept in the same PostgreSQL as the data they belong to.

A job is a row of `core_job`, written in the transaction of its change (`queue`) and run by a worker under a
lease (`leases`, `runner`, `worker`). Whoever is killed in the middle leaves a lease behind that runs out, and
somebody else takes over; what a handler does to the database and the end of its job are one transaction, so
that happens once.
"""
