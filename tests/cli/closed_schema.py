"""JSON schemas of the project, for tests: they allow members that they do not describe, so that members
can be added; what the program writes today has none of them."""


def closed(schema):
    """The schema, with every object allowed only the members that are described."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: closed(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        result["additionalProperties"] = False
    return result
