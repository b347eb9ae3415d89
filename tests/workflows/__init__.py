"""Tests of graphs: what validation finds, what saving keeps, what publishing freezes."""
