"""The corpus: a small grammar of conversation in French and English that writes all the starter model ever reads."""
