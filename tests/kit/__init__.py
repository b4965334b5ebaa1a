"""What tests share: a whole Agora on a temporary folder, builders, scenarios."""
