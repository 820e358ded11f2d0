"""The measurement library: from scored responses to parameters, abilities and their errors.

It knows numpy and scipy and nothing of databases, requests or people's accounts. One metric
everywhere: logistic, D = 1.
"""
