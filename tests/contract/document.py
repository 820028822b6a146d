"""docs/openapi.yaml, as the calls are drawn from it and their answers held to it."""

import copy
import json

import jsonschema_rs
import schemathesis
import yaml

JSON = "application/json"
METHODS = ("get", "post", "put", "delete")
# An example is tried many times over, and there is one under this name wherever there is a body.
USUAL = "usual"


class Operation:
    """One operation: what calls of it are drawn from, and how its caller is known."""

    def __init__(self, name, described, sealed, scheme, example):
        self.name, self.scheme, self.example = name, scheme, example
        # As the caller sees it; for what is sealed, what stands inside.
        self.described = described
        # As it goes over the wire.
        self.sealed = sealed


class Document:
    """The document, with what the platform's envelopes hold in their place."""

    def __init__(self, path):
        self.raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        self.validators = {}

    def operations(self):
        """Every operation, in the document's order."""
        described = schemathesis.openapi.from_dict(self.opened())
        sealed = schemathesis.openapi.from_dict(without_security(self.raw))
        for path, method, operation in routes(self.raw):
            body = self.there(operation.get("requestBody", {})).get("content", {}).get(JSON, {})
            [security] = operation["security"] or [{operation.get("x-signed-by", "nobody"): []}]
            [scheme] = security
            example = body.get("examples", {}).get(USUAL, {}).get("value")
            if scheme == "rongshu":
                example = json.loads(example["request"])
            yield Operation(
                operation["operationId"], described[path][method.upper()], sealed[path][method.upper()], scheme, example
            )

    def opened(self):
        """The document with the business JSON of each call in the place of its envelope."""
        opened = without_security(self.raw)
        for _, _, operation in routes(opened):
            if operation.get("x-signed-by") == "rongshu":
                content = operation["requestBody"]["content"][JSON]
                envelope = content["schema"]["allOf"][1]
                content["schema"] = envelope["properties"]["request"]["contentSchema"]
                del content["examples"]
        return opened

    def problem(self, case, response):
        """What is wrong with an answer, whatever its texts hold being held to their schema too; `None` if nothing is."""
        media_type = response.headers.get("content-type", [""])[0].split(";")[0].strip()
        responses = self.raw["paths"][case.operation.path][case.operation.method]["responses"]
        answer = self.there(responses.get(str(response.status_code), {}))
        schema = answer.get("content", {}).get(media_type, {}).get("schema")
        if schema is None:
            return f"{response.status_code} {media_type} is no answer that is described"
        body = json.loads(response.content) if media_type == JSON else response.content.decode()
        error = next(self.validator(schema).iter_errors(body), None)
        return None if error is None else f"{error.message} (at {list(error.instance_path)})"

    def validator(self, schema):
        """Holds a value to a schema of the document."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            whole = {"components": self.raw["components"], **schema}
            self.validators[key] = jsonschema_rs.Draft202012Validator(
                whole, validate_formats=True, keywords={"contentSchema": self.inner()}
            )
        return self.validators[key]

    def inner(self):
        """The keyword `contentSchema`, which says what a text holds."""
        document = self

        class Inner:
            def __init__(self, _parent, schema, _path):
                self.schema = schema

            def validate(self, text):
                error = next(document.validator(self.schema).iter_errors(json.loads(text)), None)
                if error is not None:
                    raise ValueError(f"{error.message} (in a text, at {list(error.instance_path)})")

        return Inner

    def there(self, value):
        """What stands there, or where its `$ref` leads."""
        if "$ref" not in value:
            return value
        found = self.raw
        for name in value["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        return found


def routes(document):
    for path, item in document["paths"].items():
        for method in item:
            if method in METHODS:
                yield path, method, item[method]


def without_security(document):
    """A copy in which no credentials are described: they are the callers', and not drawn."""
    copied = copy.deepcopy(document)
    for _, _, operation in routes(copied):
        operation["security"] = []
    del copied["components"]["securitySchemes"]
    del copied["webhooks"]
    return copied
