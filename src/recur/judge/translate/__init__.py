"""Judging translations: chrF and BLEU, beside copying and a dictionary of words."""
