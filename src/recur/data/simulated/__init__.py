"""Series as the world might make them, from a seed: what the pretrained network learnt from."""
