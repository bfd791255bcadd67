"""Tests of Vigie; a package, so that `tests.support` cannot be shadowed by an installed one."""
