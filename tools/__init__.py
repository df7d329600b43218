"""Tools of whoever works on mingjing. Not here: anything a running installation needs."""
