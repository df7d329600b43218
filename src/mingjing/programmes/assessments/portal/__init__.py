"""The companies' pages of the assessments: their results, their cases, what they hand in."""
