"""What the files of models say without being loaded: format, tensors with their shapes, number of parameters."""

from provkg.capture.model_files.facts import ModelFacts, Tensor
from provkg.capture.model_files.reading import facts_of, kind_of

__all__ = ["ModelFacts", "Tensor", "facts_of", "kind_of"]
