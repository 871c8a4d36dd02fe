"""Education groups: a lead school and its members."""
