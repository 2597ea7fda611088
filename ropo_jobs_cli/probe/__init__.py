"""Try at a test environment what this library only guesses of the service.

`guesses` says what is guessed, `steps` how it is tried, `observed` how an answer is told without its values, and
`report` writes what came.
"""
