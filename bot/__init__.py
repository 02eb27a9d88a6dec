"""Language understanding and dialogue: Rasa with our own featurizer, input channel and one-turn tracker store."""
