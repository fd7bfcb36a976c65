"""The database: engine, organisation-bound sessions, and the mapped classes."""
