"""The sandbox's page: what is in it and what happened, for a person with a browser.

It shows what the ``Sandbox`` object tells, and its forms pull the same levers. HTML comes from the server; the little
script there is only makes it more comfortable.
"""
