"""The model: texts in, readings out. The only files that know torch and transformers."""
