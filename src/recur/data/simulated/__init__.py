"""Series as the world might make them, drawn from a seed: what the pretrained network learnt from."""
