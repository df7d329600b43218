"""Pure decisions on who enters enterprises, how often and how: the gate (Table A), load (B) and conduct (C)."""
