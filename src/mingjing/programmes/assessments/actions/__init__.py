"""Every write of the programme, one module for each thing that is written; the only writer of its facts."""
