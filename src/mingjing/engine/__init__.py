"""Pure decisions: no Django, no clock, no chance, no settings. Time is an argument and chance is a seed."""
