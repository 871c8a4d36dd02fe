"""Balance: how unlike the schools of a county are, by indicators 1 to 3 of quality-balanced education (教督〔2017〕6号)."""
