"""The description of Agora's own REST, made from the routes themselves."""
