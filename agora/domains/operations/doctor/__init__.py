"""Is this machine fit, is the configuration right, is the data whole, and does the program keep its own rules?"""
