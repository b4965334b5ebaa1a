"""What can go wrong in training, each with a sentence that says what to do."""


class TrainingError(Exception):
    """Training or export stopped; the model in use was not touched. The message says why and what helps."""
