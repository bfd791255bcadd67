"""What ``vigie bench`` measures: ratios against a peer or a ceiling of the same run."""
