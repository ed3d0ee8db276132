"""What a pretrained network sees of a history: level, scale and season taken out, patches read."""
