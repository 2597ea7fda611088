"""Compare the vendor's OpenAPI document with `openapi.yaml`, by meaning.

The order of things, the style of a schema and the names behind `$ref` make no difference. `documents` reads,
`schemas` and `operations` bring both documents to one form, `compare` and `compare_schemas` compare, `accepted` knows
what is known already.
"""
