"""The local models for other programs, in the shapes of OpenAI's and Ollama's HTTP interfaces."""
