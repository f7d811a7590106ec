"""Validates messages against the project's JSON Schemas.

usage: validate.py SCHEMAS FOLDER...

Every *.json file below each FOLDER is a message, or a list of messages; its "type" names its schema,
and what has none is a catalogue.
Prints what does not validate, and exits 1 if there is anything, or nothing to validate at all.
"""

import json
import pathlib
import sys

import jsonschema


def main() -> int:
    schemas = pathlib.Path(sys.argv[1])
    validators = {}
    for path in sorted(schemas.glob("*.schema.json")):
        schema = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.Draft202012Validator.check_schema(schema)
        name = path.name.removesuffix(".schema.json")
        validators[name] = jsonschema.Draft202012Validator(schema)
    count = failures = 0
    for folder in sys.argv[2:]:
        for path in sorted(pathlib.Path(folder).glob("*.json")):
            document = json.loads(path.read_text(encoding="utf-8"))
            for message in document if isinstance(document, list) else [document]:
                count += 1
                name = message.get("id", message.get("name"))
                for error in validators[message.get("type", "catalog.v1")].iter_errors(message):
                    failures += 1
                    print(f"{path.name}: {name}: {error.json_path}: {error.message}")
    print(f"{count} messages, {failures} failures")
    return 1 if failures or not count else 0


sys.exit(main())
