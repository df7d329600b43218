"""Every write of the programme, and the only writers of its facts."""
