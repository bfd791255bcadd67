"""The alarm manager: conditions, the state table, the journal and its figures (ISA-18.2)."""
