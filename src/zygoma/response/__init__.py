"""What the tissue does: nerve, muscle, skin, and the chain from dose to outcome with its uncertainty."""
